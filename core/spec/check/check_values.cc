#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/spec/check/check_parts.h"

namespace gyrus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Checks one value of a field; `i` is its index in a repeated one.
void CheckValue(const Message& message, const FieldDescriptor& field, int i,
                const std::string& path, Problems& problems) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      CheckValues(repeated ? reflection.GetRepeatedMessage(message, &field, i)
                           : reflection.GetMessage(message, &field),
                  path, problems);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const double value = repeated ? reflection.GetRepeatedDouble(message, &field, i)
                                    : reflection.GetDouble(message, &field);
      if (!std::isfinite(value)) {
        problems.Add(path, absl::StrCat("must be a finite number, is ", value));
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value = repeated ? reflection.GetRepeatedEnumValue(message, &field, i)
                                 : reflection.GetEnumValue(message, &field);
      // In a list there is no default, so that 0 has been written.
      const bool known = field.enum_type()->FindValueByNumber(value) != nullptr;
      if (!known || (repeated && value == 0)) {
        problems.Add(path, absl::StrCat("there is no value ", value));
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace

void CheckValues(const Message& message, const std::string& path, Problems& problems) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const std::string at = absl::StrCat(path, path.empty() ? "" : ".", field->name());
    if (!field->is_repeated()) {
      CheckValue(message, *field, 0, at, problems);
      continue;
    }
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      CheckValue(message, *field, i, absl::StrCat(at, ".", i), problems);
    }
  }
}

}  // namespace gyrus
