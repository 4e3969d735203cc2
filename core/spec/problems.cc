#include "core/spec/problems.h"

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
  AddLine(Line(sources_.Where(path), path, message));
}

void Problems::AddLine(absl::string_view line) {
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
