#include "coordinator/ledger/unknown_fields.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"

namespace gyrus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// proto3 keeps numbers of an enum that it does not know.
std::string FindUnknownValue(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const int number = field.is_repeated() ? reflection.GetRepeatedEnumValue(message, &field, i)
                                           : reflection.GetEnumValue(message, &field);
    if (field.enum_type()->FindValueByNumber(number) == nullptr) {
      return absl::StrCat(field.name(), " = ", number);
    }
  }
  return "";
}

// Searches the messages below a field and prefixes what is found with the field's name.
std::string FindUnknownWithin(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const Message& part = field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                              : reflection.GetMessage(message, &field);
    const std::string unknown = FindUnknown(part);
    if (!unknown.empty()) return absl::StrCat(field.name(), ".", unknown);
  }
  return "";
}

}  // namespace

std::string FindUnknown(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) return absl::StrCat("field ", unknown.field(0).number());
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    std::string found;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      found = FindUnknownWithin(message, *field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      found = FindUnknownValue(message, *field);
    }
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace gyrus
