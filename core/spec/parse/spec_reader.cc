#include "core/spec/parse/spec_reader.h"

#include <limits>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/spec/parse/scalar.h"
#include "core/spec/text.h"
#include "gyrus/v1/options.pb.h"

namespace gyrus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

std::vector<std::string> KeysOfOneof(const OneofDescriptor& oneof) {
  std::vector<std::string> keys;
  for (int i = 0; i < oneof.field_count(); ++i) keys.push_back(oneof.field(i)->name());
  return keys;
}

// The oneof of a message that has nothing else, or null.
const OneofDescriptor* OnlyOneof(const Descriptor& message) {
  if (message.real_oneof_decl_count() != 1) return nullptr;
  const OneofDescriptor* oneof = message.oneof_decl(0);
  return oneof->field_count() == message.field_count() ? oneof : nullptr;
}

// Sets a singular field, or adds a value to a repeated one.
#define GYRUS_PUT(Type, value)                                           \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, (value)) \
                       : reflection.Set##Type(&message, &field, (value)))

absl::Status PutScalar(const YamlNode& node, Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const std::string& zero = field.options().GetExtension(v1::word_for_zero);
  const bool is_zero = !zero.empty() && node.text == zero;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto number = is_zero ? absl::StatusOr<uint64_t>(0)
                                  : ParseUnsigned(node, std::numeric_limits<uint32_t>::max());
      if (number.ok()) GYRUS_PUT(UInt32, static_cast<uint32_t>(*number));
      return number.status();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const auto number = ParseUnsigned(node, std::numeric_limits<uint64_t>::max());
      if (number.ok()) GYRUS_PUT(UInt64, *number);
      return number.status();
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const auto number = is_zero ? absl::StatusOr<double>(0.0) : ParseNumber(node);
      if (number.ok()) GYRUS_PUT(Double, *number);
      return number.status();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      const auto flag = ParseFlag(node);
      if (flag.ok()) GYRUS_PUT(Bool, *flag);
      return flag.status();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto number = ParseEnumWord(node, *field.enum_type());
      if (number.ok()) GYRUS_PUT(EnumValue, *number);
      return number.status();
    }
    case FieldDescriptor::CPPTYPE_STRING:
      if (node.text.empty()) return absl::InvalidArgumentError("is empty; leave the key out");
      GYRUS_PUT(String, node.text);
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(absl::StrCat("has no form in YAML: ", field.full_name()));
  }
}

#undef GYRUS_PUT

}  // namespace

std::vector<std::string> KeysOf(const Descriptor& message, const FieldDescriptor* skipped) {
  std::vector<std::string> keys;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i) != skipped) keys.push_back(message.field(i)->name());
  }
  return keys;
}

const FieldDescriptor* ShorthandOf(const Descriptor& message) {
  const std::string& name = message.options().GetExtension(v1::shorthand);
  return name.empty() ? nullptr : message.FindFieldByName(name);
}

const FieldDescriptor* KeyFieldOf(const FieldDescriptor& field) {
  const std::string& name = field.options().GetExtension(v1::keyed_by);
  return name.empty() ? nullptr : field.message_type()->FindFieldByName(name);
}

std::string JoinPath(absl::string_view path, absl::string_view key) {
  return absl::StrCat(path, path.empty() ? "" : ".", key);
}

void SpecReader::ReadMessage(const YamlNode& node, Message& message, const std::string& path,
                             const FieldDescriptor* skipped) {
  sources_.Add(path, node.origin);
  const Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* shorthand = ShorthandOf(type);
  if (shorthand != nullptr && !node.IsMapping()) {
    return ReadField(node, message, *shorthand, path);
  }
  if (!node.IsMapping()) {
    const std::string keys = absl::StrJoin(KeysOf(type, skipped), ", ");
    return problems_.Add(node.origin, path,
                         absl::StrCat("needs a mapping, not ", KindInWords(node),
                                      keys.empty() ? "; write {}" : "; its keys are: ", keys));
  }
  for (const YamlNode* entry : UniqueEntries(node, path)) {
    ReadEntry(*entry, message, path, skipped);
  }
  if (const OneofDescriptor* only = OnlyOneof(type); only && node.children.empty()) {
    problems_.Add(node.origin, path,
                  absl::StrCat("needs one of: ", absl::StrJoin(KeysOfOneof(*only), ", ")));
  }
}

void SpecReader::ReadEntry(const YamlNode& entry, Message& message, const std::string& path,
                           const FieldDescriptor* skipped) {
  const Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* field = type.FindFieldByName(entry.key);
  if (field == nullptr || field == skipped) {
    return problems_.Add(entry.origin, path, UnknownWord("key", entry.key, KeysOf(type, skipped)));
  }
  const OneofDescriptor* oneof = field->real_containing_oneof();
  if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
    return problems_.Add(
        entry.origin, path,
        absl::StrCat(
            "has '", entry.key, "' beside '",
            message.GetReflection()->GetOneofFieldDescriptor(message, oneof)->name(),
            "'; only one of these may be there: ", absl::StrJoin(KeysOfOneof(*oneof), ", ")));
  }
  ReadField(entry, message, *field, JoinPath(path, entry.key));
}

void SpecReader::ReadField(const YamlNode& node, Message& message, const FieldDescriptor& field,
                           const std::string& path) {
  sources_.Add(path, node.origin);
  if (field.is_map()) return ReadTextMap(node, message, field, path);
  if (KeyFieldOf(field) != nullptr) return ReadKeyed(node, message, field, path);
  if (field.is_repeated()) return ReadList(node, message, field, path);
  if (field.message_type() == nullptr) return ReadScalar(node, message, field, path);
  ReadMessage(node, *message.GetReflection()->MutableMessage(&message, &field), path);
}

void SpecReader::ReadList(const YamlNode& node, Message& message, const FieldDescriptor& field,
                          const std::string& path) {
  if (!IsFilled(node, YamlNode::Kind::kSequence, "a list: [...]", path)) return;
  for (size_t i = 0; i < node.children.size(); ++i) {
    const YamlNode& item = node.children[i];
    const std::string item_path = JoinPath(path, absl::StrCat(i));
    if (field.message_type() == nullptr) {
      ReadScalar(item, message, field, item_path);
    } else {
      ReadMessage(item, *message.GetReflection()->AddMessage(&message, &field), item_path);
    }
  }
}

void SpecReader::ReadKeyed(const YamlNode& node, Message& message, const FieldDescriptor& field,
                           const std::string& path) {
  const FieldDescriptor* key = KeyFieldOf(field);
  for (const YamlNode* entry : NamedEntries(node, path)) {
    Message& element = *message.GetReflection()->AddMessage(&message, &field);
    element.GetReflection()->SetString(&element, key, entry->key);
    ReadMessage(*entry, element, JoinPath(path, entry->key), key);
  }
}

void SpecReader::ReadTextMap(const YamlNode& node, Message& message, const FieldDescriptor& field,
                             const std::string& path) {
  for (const YamlNode* entry : NamedEntries(node, path)) {
    const std::string entry_path = JoinPath(path, entry->key);
    sources_.Add(entry_path, entry->origin);
    if (entry->IsMapping()) {
      problems_.Add(entry->origin, entry_path,
                    "needs text, not a mapping; text with braces needs quotes");
      continue;
    }
    Message& pair = *message.GetReflection()->AddMessage(&message, &field);
    pair.GetReflection()->SetString(&pair, field.message_type()->map_key(), entry->key);
    ReadScalar(*entry, pair, *field.message_type()->map_value(), entry_path);
  }
}

void SpecReader::ReadScalar(const YamlNode& node, Message& message, const FieldDescriptor& field,
                            const std::string& path) {
  sources_.Add(path, node.origin);
  if (node.kind != YamlNode::Kind::kScalar) {
    const bool is_null = node.kind == YamlNode::Kind::kNull;
    return problems_.Add(node.origin, path,
                         is_null ? "has no value; leave the key out"
                                 : absl::StrCat("needs a single value, not ", KindInWords(node)));
  }
  const absl::Status put = PutScalar(node, message, field);
  if (!put.ok()) problems_.Add(node.origin, path, put.message());
}

bool SpecReader::IsFilled(const YamlNode& node, YamlNode::Kind kind, absl::string_view wanted,
                          const std::string& path) {
  if (node.kind != kind) {
    problems_.Add(node.origin, path, absl::StrCat("needs ", wanted, ", not ", KindInWords(node)));
    return false;
  }
  if (node.children.empty()) problems_.Add(node.origin, path, "is empty; leave the key out");
  return !node.children.empty();
}

std::vector<const YamlNode*> SpecReader::UniqueEntries(const YamlNode& node,
                                                       const std::string& path) {
  std::vector<const YamlNode*> entries;
  absl::flat_hash_set<absl::string_view> seen;
  for (const YamlNode& entry : node.children) {
    if (seen.insert(entry.key).second) {
      entries.push_back(&entry);
    } else {
      problems_.Add(entry.origin, path,
                    absl::StrCat("key ", Quoted(entry.key), " is written twice"));
    }
  }
  return entries;
}

std::vector<const YamlNode*> SpecReader::NamedEntries(const YamlNode& node,
                                                      const std::string& path) {
  if (!IsFilled(node, YamlNode::Kind::kMapping, "a mapping of names", path)) return {};
  std::vector<const YamlNode*> named;
  for (const YamlNode* entry : UniqueEntries(node, path)) {
    if (IsName(entry->key)) {
      named.push_back(entry);
    } else {
      problems_.Add(entry->origin, path, InvalidName(entry->key));
    }
  }
  return named;
}

}  // namespace gyrus
