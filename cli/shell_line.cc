#include "cli/shell_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace gyrus::cli {

std::string ShellWord(absl::string_view word) {
  const bool is_plain = std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_-./=,:@%+", c);
  });
  // A word that begins with = is a command's path in zsh.
  if (is_plain && !word.empty() && word[0] != '=') return std::string(word);
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

std::string ShellLine(const std::vector<std::string>& words) {
  return absl::StrJoin(words, " ", [](std::string* line, const std::string& word) {
    absl::StrAppend(line, ShellWord(word));
  });
}

}  // namespace gyrus::cli
