#include "cli/log_tail.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/files.h"

namespace gyrus::cli {
namespace {

// The last part of a line such as "E 2026-01-01T00:00:00.000Z gyrus-worker: message".
absl::string_view MessageOf(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
  return words.size() < 4 ? line : words[3];
}

}  // namespace

std::string LastError(const std::string& log_file, uint64_t offset) {
  const auto text = ReadFile(log_file);
  if (!text.ok() || text->size() <= offset) return "";
  absl::string_view last_error;
  absl::string_view last_line;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(*text).substr(offset), '\n', absl::SkipWhitespace())) {
    if (absl::StartsWith(line, "E ")) last_error = MessageOf(line);
    last_line = line;
  }
  return std::string(last_error.empty() ? last_line : last_error);
}

}  // namespace gyrus::cli
