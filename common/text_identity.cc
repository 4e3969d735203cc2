#include "common/text_identity.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

// The first character of `text` and its bytes. A byte that begins no character
// counts as a character of its own, which is no blank.
struct Character {
  utf8proc_int32_t code_point = -1;
  size_t bytes = 1;
};

Character FirstOf(absl::string_view text) {
  Character first;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &first.code_point);
  if (bytes > 0) first.bytes = static_cast<size_t>(bytes);
  return first;
}

Character LastOf(absl::string_view text) {
  size_t begin = text.size() - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  const Character last = FirstOf(text.substr(begin));
  return begin + last.bytes == text.size() ? last : Character{};
}

// Includes characters without width, such as the zero-width space: they are invisible and
// make equal names differ.
bool IsBlank(utf8proc_int32_t code_point) {
  if (code_point < 0) return false;
  if ((code_point >= 0x09 && code_point <= 0x0D) || code_point == 0x85) return true;
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return utf8proc_get_property(code_point)->ignorable != 0;
  }
}

// `text` itself where it cannot be mapped.
std::string Map(absl::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t bytes = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &mapped, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (bytes < 0) return std::string(text);
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<size_t>(bytes));
}

std::string WithoutBlanks(absl::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const Character first = FirstOf(text);
    if (!IsBlank(first.code_point)) absl::StrAppend(&kept, text.substr(0, first.bytes));
    text.remove_prefix(first.bytes);
  }
  return kept;
}

// ASCII is in all normal forms, and by far the most frequent.
bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

bool IsPlainNumber(absl::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const bool only_digits = std::all_of(text.begin(), text.end(),
                                       [](char c) { return absl::ascii_isdigit(c) || c == '.'; });
  return only_digits && std::count(text.begin(), text.end(), '.') <= 1 && !text.empty() &&
         text != ".";
}

// "-012.50" becomes "-12.5". Digits stay digits, because an identifier may have
// more of them than a double holds.
std::string ShortestNumber(absl::string_view text) {
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  std::string digits(text);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  if (digits[0] == '.') digits.insert(0, "0");
  return absl::StrCat(negative ? "-" : "", digits);
}

}  // namespace

absl::string_view TrimBlanks(absl::string_view text) {
  while (!text.empty()) {
    const Character first = FirstOf(text);
    if (!IsBlank(first.code_point)) break;
    text.remove_prefix(first.bytes);
  }
  while (!text.empty()) {
    const Character last = LastOf(text);
    if (!IsBlank(last.code_point)) break;
    text.remove_suffix(last.bytes);
  }
  return text;
}

std::string CanonicalText(absl::string_view text) {
  if (IsAscii(text)) return std::string(TrimBlanks(text));
  return Map(TrimBlanks(text), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string DecomposedText(absl::string_view text) {
  return Map(TrimBlanks(text), UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
}

bool IsSameText(absl::string_view a, absl::string_view b) {
  if (IsAscii(a) && IsAscii(b)) return TrimBlanks(a) == TrimBlanks(b);
  return CanonicalText(a) == CanonicalText(b);
}

bool HasBlank(absl::string_view text) {
  while (!text.empty()) {
    const Character first = FirstOf(text);
    if (IsBlank(first.code_point)) return true;
    text.remove_prefix(first.bytes);
  }
  return false;
}

std::string LookOf(absl::string_view text) {
  std::string look =
      WithoutBlanks(Map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_LUMP));
  return IsPlainNumber(look) ? ShortestNumber(look) : look;
}

std::string Quoted(absl::string_view text) {
  constexpr size_t kLongest = 60;
  if (text.size() <= kLongest) return absl::StrCat("'", text, "'");
  size_t end = kLongest;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // Not inside a character.
  return absl::StrCat("'", text.substr(0, end), "…'");
}

}  // namespace gyrus
