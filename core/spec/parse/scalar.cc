#include "core/spec/parse/scalar.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

absl::Status Wants(absl::string_view wanted, const YamlNode& node) {
  const absl::string_view hint = node.quoted ? "; leave out the quotes" : "";
  return absl::InvalidArgumentError(
      absl::StrCat("needs ", wanted, ", not ", Quoted(node.text), hint));
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsDecimal(absl::string_view text) {
  // SimpleAtod also takes names ("inf"), hexadecimals and blanks.
  return text.find_first_not_of("0123456789+-.eE") == absl::string_view::npos;
}

}  // namespace

absl::StatusOr<uint64_t> ParseUnsigned(const YamlNode& node, uint64_t largest) {
  constexpr absl::string_view kWanted = "a whole number";
  absl::string_view digits = node.text;
  const bool negative = absl::ConsumePrefix(&digits, "-");
  if (node.quoted || !IsDigits(digits)) return Wants(kWanted, node);
  if (negative) return Wants("a whole number that is not negative", node);
  if (digits.size() > 1 && digits[0] == '0') {
    return Wants("a whole number without leading zeros", node);
  }
  uint64_t number = 0;
  if (!absl::SimpleAtoi(digits, &number) || number > largest) {
    return Wants(absl::StrCat("a whole number of at most ", largest), node);
  }
  return number;
}

absl::StatusOr<double> ParseNumber(const YamlNode& node) {
  double number = 0;
  if (node.quoted || !IsDecimal(node.text) || !absl::SimpleAtod(node.text, &number)) {
    return Wants("a number", node);
  }
  if (!std::isfinite(number)) return Wants("a number that is not so large", node);
  return number;
}

absl::StatusOr<bool> ParseFlag(const YamlNode& node) {
  if (node.quoted || (node.text != "true" && node.text != "false")) {
    return Wants("true or false", node);
  }
  return node.text == "true";
}

std::string EnumWord(const google::protobuf::EnumValueDescriptor& value) {
  // CROP_CENTRE_UNSPECIFIED shows which prefix the values have.
  absl::string_view prefix = value.type()->value(0)->name();
  absl::ConsumeSuffix(&prefix, "UNSPECIFIED");
  absl::string_view name = value.name();
  absl::ConsumePrefix(&name, prefix);
  return absl::AsciiStrToLower(name);
}

std::vector<std::string> EnumWords(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) words.push_back(EnumWord(*type.value(i)));
  return words;
}

absl::StatusOr<int> ParseEnumWord(const YamlNode& node,
                                  const google::protobuf::EnumDescriptor& type) {
  for (int i = 1; i < type.value_count(); ++i) {
    if (EnumWord(*type.value(i)) == node.text) return type.value(i)->number();
  }
  return absl::InvalidArgumentError(UnknownWord("word", node.text, EnumWords(type)));
}

}  // namespace gyrus
