#include "core/spec/parse/yaml_mistake.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/text_identity.h"

namespace gyrus {
namespace {

constexpr absl::string_view kQuotes = "'\"";

struct Line {
  int number = 0;
  size_t indent = 0;
  absl::string_view content;  // Without indentation, comment and line end.
};

bool IsWordCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; }

// Up to the '#' of a comment, which begins a line or follows a blank, outside of
// quotes.
absl::string_view WithoutComment(absl::string_view line) {
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (absl::StrContains(kQuotes, c)) {
      quote = c;
    } else if (c == '#' && (i == 0 || absl::ascii_isspace(line[i - 1]))) {
      return line.substr(0, i);
    }
  }
  return line;
}

// Those up to `last` that hold more than a comment.
std::vector<Line> LinesUpTo(absl::string_view text, int last) {
  std::vector<Line> lines;
  int number = 0;
  for (const absl::string_view raw : absl::StrSplit(text, '\n')) {
    if (++number > last) break;
    const absl::string_view line = absl::StripTrailingAsciiWhitespace(WithoutComment(raw));
    const absl::string_view content = absl::StripLeadingAsciiWhitespace(line);
    if (!content.empty()) lines.push_back({number, line.size() - content.size(), content});
  }
  return lines;
}

// Returns the length of the key at the start of `content`; 0 if there is none.
size_t WordLength(absl::string_view content) {
  const auto end = std::find_if_not(content.begin(), content.end(), IsWordCharacter);
  return static_cast<size_t>(end - content.begin());
}

std::optional<YamlMistake> FindTab(absl::string_view text, const std::vector<Line>& lines) {
  const std::vector<absl::string_view> raw = absl::StrSplit(text, '\n');
  for (const Line& line : lines) {
    const absl::string_view indentation = raw[line.number - 1].substr(0, line.indent);
    if (!absl::StrContains(indentation, '\t')) continue;
    return YamlMistake{line.number,
                       absl::StrCat("is indented with a tab; YAML takes blanks alone: indent by "
                                    "two blanks for each level, as in '  ",
                                    line.content.substr(0, 40), "'")};
  }
  return std::nullopt;
}

// "T1w: {subject}.nii.gz": what begins like a mapping and goes on as text.
std::optional<YamlMistake> FindBraces(const Line& line) {
  const absl::string_view s = line.content;
  for (size_t open = s.find('{'); open != absl::string_view::npos; open = s.find('{', open + 1)) {
    const size_t close = open + 1 + WordLength(s.substr(open + 1));
    if (close == open + 1 || close >= s.size() || s[close] != '}') continue;
    const bool goes_on = close + 1 < s.size() && !absl::StrContains(" ,}]", s[close + 1]);
    const bool went_on = open > 0 && !absl::StrContains(" ,:[{", s[open - 1]);
    if (!goes_on && !went_on) continue;
    size_t begin = open, end = close + 1;
    while (begin > 0 && !absl::StrContains(" ,:[{'\"", s[begin - 1])) --begin;
    while (end < s.size() && !absl::StrContains(" ,]'\"", s[end])) {
      if (s[end] == '}' &&
          s.substr(begin, end - begin).rfind('{') < s.substr(begin, end - begin).rfind('}'))
        break;
      ++end;
    }
    if (begin > 0 && absl::StrContains(kQuotes, s[begin - 1])) continue;
    return YamlMistake{line.number, absl::StrCat("text with braces needs quotes: \"",
                                                 s.substr(begin, end - begin), "\"")};
  }
  return std::nullopt;
}

std::optional<YamlMistake> FindColon(const Line& line) {
  absl::string_view s = line.content;
  if (absl::StartsWith(s, "- ")) s = absl::StripLeadingAsciiWhitespace(s.substr(2));
  const size_t word = WordLength(s);
  if (word == 0) return std::nullopt;
  const absl::string_view key = s.substr(0, word);
  if (word == s.size()) {
    return YamlMistake{
        line.number,
        absl::StrCat(Quoted(s), " is a key without a ':' and a value; write ", key, ": VALUE")};
  }
  if (s[word] == ':' && word + 1 < s.size() && s[word + 1] != ' ') {
    return YamlMistake{line.number, absl::StrCat("needs a blank after ':'; write ", key, ": ",
                                                 s.substr(word + 1, 40))};
  }
  if (s[word] == ' ' && !absl::StrContains(s, ':')) {
    return YamlMistake{
        line.number, absl::StrCat(Quoted(s), " has no ':'; write ", key, ": ",
                                  absl::StripLeadingAsciiWhitespace(s.substr(word)).substr(0, 40))};
  }
  if (s[word] != ':') return std::nullopt;
  const absl::string_view value = absl::StripLeadingAsciiWhitespace(s.substr(word + 1));
  if (!value.empty() && absl::StrContains("@%`", value[0])) {
    return YamlMistake{line.number, absl::StrCat("text that begins with '", value.substr(0, 1),
                                                 "' needs quotes: ", key, ": \"", value, "\"")};
  }
  if (!value.empty() && value[0] == '\'' && std::count(value.begin(), value.end(), '\'') % 2 == 1) {
    return YamlMistake{line.number,
                       absl::StrCat("a ' inside of text in '...' ends it; use double quotes: ", key,
                                    ": \"it's\"")};
  }
  if (!value.empty() && !absl::StrContains("{['\"", value[0]) && absl::StrContains(value, ": ")) {
    return YamlMistake{
        line.number, absl::StrCat("text with ': ' in it needs quotes: ", key, ": \"", value, "\"")};
  }
  return std::nullopt;
}

// "{epochs: 3 batch: 4}"
std::optional<YamlMistake> FindComma(const Line& line) {
  const absl::string_view s = line.content;
  for (size_t colon = s.find(": "); colon != absl::string_view::npos;
       colon = s.find(": ", colon + 1)) {
    size_t begin = colon;
    while (begin > 0 && IsWordCharacter(s[begin - 1])) --begin;
    if (begin == colon || begin < 2 || s[begin - 1] != ' ') continue;
    const absl::string_view before = absl::StripTrailingAsciiWhitespace(s.substr(0, begin));
    if (before.empty() || absl::StrContains(",:{[-", before.back())) continue;
    return YamlMistake{line.number,
                       absl::StrCat("needs a ',' before ", Quoted(s.substr(begin, colon - begin)),
                                    ", as in {epochs: 3, batch: 4}")};
  }
  return std::nullopt;
}

// Finds the bracket that was opened last and is still open at the end of `lines`.
std::optional<YamlMistake> FindOpenBracket(const std::vector<Line>& lines) {
  std::vector<std::pair<char, int>> open;
  for (const Line& line : lines) {
    char quote = 0;
    for (const char c : line.content) {
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (absl::StrContains(kQuotes, c)) {
        quote = c;
      } else if (c == '{' || c == '[') {
        open.emplace_back(c, line.number);
      } else if ((c == '}' || c == ']') && !open.empty()) {
        open.pop_back();
      }
    }
  }
  if (open.empty()) return std::nullopt;
  const auto [bracket, line] = open.back();
  return YamlMistake{
      line, absl::StrCat("the ", std::string(1, bracket), " of this line is not closed; add a ",
                         bracket == '{' ? "}" : "]",
                         bracket == '{' ? ", as in {epochs: 3}" : ", as in [T1w, T2w]")};
}

std::string Blanks(size_t count) { return absl::StrCat(count, count == 1 ? " blank" : " blanks"); }

// Compares the last line with those that it should stand beside or below.
std::optional<YamlMistake> FindIndentation(const std::vector<Line>& lines) {
  if (lines.size() < 2) return std::nullopt;
  const Line& line = lines.back();
  const Line& before = lines[lines.size() - 2];
  if (line.indent > before.indent && before.content.back() != ':') {
    return YamlMistake{
        line.number, absl::StrCat("is indented by ", Blanks(line.indent), ", line ", before.number,
                                  " by ", before.indent,
                                  ", and that is no key without a value; keys of one mapping "
                                  "begin in one column")};
  }
  for (auto it = lines.rbegin() + 1; it != lines.rend(); ++it) {
    if (it->indent > line.indent) continue;
    if (it->indent == line.indent) {
      if (absl::StartsWith(it->content, "-") == absl::StartsWith(line.content, "-"))
        return std::nullopt;
      return YamlMistake{line.number,
                         absl::StrCat("is ", line.content[0] == '-' ? "an item of a list" : "a key",
                                      " in the column of line ", it->number, ", which is ",
                                      line.content[0] == '-' ? "a key" : "an item of a list",
                                      "; indent items of a list below their key")};
    }
    break;
  }
  return YamlMistake{line.number,
                     absl::StrCat("is indented by ", Blanks(line.indent),
                                  ", which is neither the column of the keys above nor of the "
                                  "mapping that they are in (line ",
                                  before.number, " has ", before.indent,
                                  "); indent by two blanks for each level")};
}

}  // namespace

std::optional<YamlMistake> FindYamlMistake(absl::string_view text, int line,
                                           absl::string_view message) {
  const std::vector<Line> lines = LinesUpTo(text, line);
  if (lines.empty()) return std::nullopt;
  if (auto tab = FindTab(text, lines)) return tab;
  // The parser gives up in the line of the mistake, or in the next one.
  const size_t looked_at = std::min(lines.size(), size_t{2});
  for (const auto find : {&FindBraces, &FindColon}) {
    for (size_t i = 0; i < looked_at; ++i) {
      if (auto mistake = find(lines[lines.size() - 1 - i])) return mistake;
    }
  }
  if (absl::StrContains(message, "flow not found")) {
    if (auto comma = FindComma(lines.back())) return comma;
    return FindOpenBracket(lines);
  }
  if (absl::StrContains(message, "flow end")) {
    return YamlMistake{line, "has a } or ] without its { or ["};
  }
  return FindIndentation(lines);
}

}  // namespace gyrus
