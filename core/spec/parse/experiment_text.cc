#include "core/spec/parse/experiment_text.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/spec/parse/scalar.h"
#include "core/spec/parse/spec_reader.h"
#include "gyrus/v1/options.pb.h"

namespace gyrus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One value of YAML: a scalar, a list or a mapping.
struct Value {
  enum class Kind { kScalar, kList, kMapping };
  Kind kind = Kind::kScalar;
  std::string text;           // Of a scalar, as YAML writes it.
  std::vector<Value> values;  // Of a list, or of a mapping beside `keys`.
  std::vector<std::string> keys;

  void Add(std::string key, Value value) {
    keys.push_back(std::move(key));
    values.push_back(std::move(value));
  }
};

Value Scalar(std::string text) { return {.kind = Value::Kind::kScalar, .text = std::move(text)}; }

std::string NumberText(double number) {
  char digits[32];  // The shortest form of a double has at most 24.
  return {digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr};
}

// Words that YAML takes for something other than text.
bool HasMeaning(const std::string& text) {
  static const auto* const kWords =
      new std::set<std::string>{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  return kWords->contains(absl::AsciiStrToLower(text));
}

std::string QuotedText(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      absl::StrAppendFormat(&quoted, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string TextValue(const std::string& text) {
  const bool is_plain = !text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text[0])) &&
                        std::all_of(text.begin(), text.end(), [](char c) {
                          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
                                 c == '-' || c == '.' || c == '/';
                        });
  return is_plain && !HasMeaning(text) ? text : QuotedText(text);
}

// A field of one value, or the value at `index` of a repeated one.
#define GYRUS_GET(Type)                                                       \
  (field.is_repeated() ? reflection.GetRepeated##Type(message, &field, index) \
                       : reflection.Get##Type(message, &field))

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const std::string& zero = field.options().GetExtension(v1::word_for_zero);
  const auto number = [&zero](auto value) {
    return value == 0 && !zero.empty() ? zero : NumberText(static_cast<double>(value));
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return number(GYRUS_GET(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(GYRUS_GET(UInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return number(GYRUS_GET(Double));
    case FieldDescriptor::CPPTYPE_BOOL:
      return GYRUS_GET(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWord(*GYRUS_GET(Enum));
    case FieldDescriptor::CPPTYPE_STRING:
      return TextValue(GYRUS_GET(String));
    default:
      return "";  // The reader has no form for it either.
  }
}

#undef GYRUS_GET

Value ToValue(const Message& message, const FieldDescriptor* skipped = nullptr);

Value ListValue(const Message& message, const FieldDescriptor& field) {
  Value list{.kind = Value::Kind::kList};
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    list.values.push_back(field.message_type() == nullptr
                              ? Scalar(ScalarText(message, field, i))
                              : ToValue(reflection.GetRepeatedMessage(message, &field, i)));
  }
  return list;
}

// A map of texts, sorted, because the order of a protobuf map is random.
Value MapValue(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  std::map<std::string, Value> sorted;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& pair = reflection.GetRepeatedMessage(message, &field, i);
    sorted.emplace(pair.GetReflection()->GetString(pair, field.message_type()->map_key()),
                   Scalar(ScalarText(pair, *field.message_type()->map_value(), 0)));
  }
  Value mapping{.kind = Value::Kind::kMapping};
  for (auto& [key, value] : sorted) mapping.Add(key, std::move(value));
  return mapping;
}

// Messages that the file writes as a mapping of names.
Value KeyedValue(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* const key = KeyFieldOf(field);
  Value mapping{.kind = Value::Kind::kMapping};
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& element = reflection.GetRepeatedMessage(message, &field, i);
    mapping.Add(element.GetReflection()->GetString(element, key), ToValue(element, key));
  }
  return mapping;
}

Value FieldValue(const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return MapValue(message, field);
  if (KeyFieldOf(field) != nullptr) return KeyedValue(message, field);
  if (field.is_repeated()) return ListValue(message, field);
  if (field.message_type() == nullptr) return Scalar(ScalarText(message, field, 0));
  return ToValue(message.GetReflection()->GetMessage(message, &field));
}

Value ToValue(const Message& message, const FieldDescriptor* skipped) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* const shorthand = ShorthandOf(*message.GetDescriptor());
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::erase(fields, skipped);
  // A list that may be written for the whole message is, as people do.
  if (shorthand != nullptr && fields.size() == 1 && fields[0] == shorthand &&
      shorthand->is_repeated()) {
    return FieldValue(message, *shorthand);
  }
  Value mapping{.kind = Value::Kind::kMapping};
  for (const FieldDescriptor* const field : fields) {
    mapping.Add(field->name(), FieldValue(message, *field));
  }
  return mapping;
}

std::string FlowText(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kScalar:
      return value.text;
    case Value::Kind::kList:
      return absl::StrCat("[",
                          absl::StrJoin(value.values, ", ",
                                        [](std::string* out, const Value& item) {
                                          absl::StrAppend(out, FlowText(item));
                                        }),
                          "]");
    case Value::Kind::kMapping:
      break;
  }
  std::vector<std::string> entries;
  for (size_t i = 0; i < value.keys.size(); ++i) {
    entries.push_back(absl::StrCat(TextValue(value.keys[i]), ": ", FlowText(value.values[i])));
  }
  return absl::StrCat("{", absl::StrJoin(entries, ", "), "}");
}

bool IsBlock(const Value& value) {
  return value.kind == Value::Kind::kMapping && !value.keys.empty();
}

void WriteBlock(const Value& mapping, const std::string& indent, std::string& text) {
  for (size_t i = 0; i < mapping.keys.size(); ++i) {
    const Value& value = mapping.values[i];
    absl::StrAppend(&text, indent, TextValue(mapping.keys[i]), ":");
    const bool is_list_of_messages = value.kind == Value::Kind::kList && !value.values.empty() &&
                                     value.values[0].kind != Value::Kind::kScalar;
    if (IsBlock(value)) {
      text += '\n';
      WriteBlock(value, indent + "  ", text);
    } else if (is_list_of_messages) {
      text += '\n';
      for (const Value& item : value.values) {
        absl::StrAppend(&text, indent, "  - ", FlowText(item), "\n");
      }
    } else {
      absl::StrAppend(&text, " ", FlowText(value), "\n");
    }
  }
}

void Flatten(const Value& value, const std::string& path,
             std::map<std::string, std::string>& values) {
  if (value.kind != Value::Kind::kMapping || value.keys.empty()) {
    values[path] = FlowText(value);
    return;
  }
  for (size_t i = 0; i < value.keys.size(); ++i) {
    Flatten(value.values[i], JoinPath(path, value.keys[i]), values);
  }
}

}  // namespace

std::string ExperimentToYaml(const v1::ExperimentSpec& spec) {
  std::string text;
  WriteBlock(ToValue(spec), "", text);
  return text;
}

std::map<std::string, std::string> ValuesOf(const v1::ExperimentSpec& spec) {
  std::map<std::string, std::string> values;
  Flatten(ToValue(spec), "", values);
  return values;
}

std::vector<std::string> DifferencesOf(const v1::ExperimentSpec& there,
                                       const v1::ExperimentSpec& asked) {
  const std::map<std::string, std::string> before = ValuesOf(there);
  const std::map<std::string, std::string> now = ValuesOf(asked);
  std::set<std::string> keys;
  for (const auto& [key, value] : before) keys.insert(key);
  for (const auto& [key, value] : now) keys.insert(key);
  const auto text_in = [](const std::map<std::string, std::string>& values,
                          const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::string("none") : found->second;
  };
  std::vector<std::string> lines;
  for (const std::string& key : keys) {
    const std::string old_text = text_in(before, key);
    const std::string new_text = text_in(now, key);
    if (old_text == new_text) continue;
    lines.push_back(absl::StrCat(key, ": ", old_text, " there, ", new_text, " asked"));
  }
  return lines;
}

}  // namespace gyrus
