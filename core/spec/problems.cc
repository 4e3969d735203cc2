#include "core/spec/problems.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gyrus {
namespace {

constexpr size_t kMaxLines = 10;

std::string Line(absl::string_view where, absl::string_view path, absl::string_view message) {
  return absl::StrCat(where, where.empty() ? "" : ": ", path, path.empty() ? "" : ": ", message);
}

}  // namespace

void Problems::Add(Origin origin, absl::string_view path, absl::string_view message) {
  AddLine(Line(sources_.Describe(origin), path, message));
}

void Problems::Add(absl::string_view path, absl::string_view message) {
  const std::string in_stage = absl::StrCat("stages.", stage_, ".", path);
  const absl::string_view key = path.substr(0, path.find('.'));
  // The place where the value itself was written, or else that of the part that
  // it belongs to.
  const bool part = sources_.Has(absl::StrCat("stages.", stage_, ".", key));
  const bool own = sources_.Has(in_stage) || (part && !sources_.Has(path));
  const absl::string_view at = !stage_.empty() && own ? absl::string_view(in_stage) : path;
  AddLine(Line(sources_.Where(at), at, message));
}

void Problems::AddLine(absl::string_view line) {
  // Stages share parts, which are checked in each of them.
  const bool reported = std::find(lines_.begin(), lines_.end(), line) != lines_.end();
  if (!stage_.empty() && reported) return;
  if (lines_.size() < kMaxLines) {
    lines_.emplace_back(line);
  } else {
    ++more_;
  }
}

absl::Status Problems::ToStatus() const {
  if (lines_.empty()) return absl::OkStatus();
  std::string message = absl::StrJoin(lines_, "\n");
  if (more_ > 0) absl::StrAppend(&message, "\nand ", more_, " more");
  return absl::InvalidArgumentError(message);
}

}  // namespace gyrus
