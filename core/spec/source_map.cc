#include "core/spec/source_map.h"

#include "absl/strings/str_cat.h"

namespace gyrus {

std::string SourceMap::Describe(Origin origin) const {
  if (origin.override_index >= 0) return absl::StrCat("--set ", overrides_[origin.override_index]);
  if (origin.line > 0) return absl::StrCat(file_name_, ":", origin.line);
  return file_name_;
}

std::string SourceMap::Where(absl::string_view path) const {
  while (!path.empty()) {
    if (const auto found = origins_.find(path); found != origins_.end()) {
      return Describe(found->second);
    }
    const size_t dot = path.rfind('.');
    path = dot == absl::string_view::npos ? absl::string_view() : path.substr(0, dot);
  }
  return file_name_;
}

}  // namespace gyrus
