// Helpers that set the fields which a protobuf message leaves out to their defaults.
#pragma once

// Sets an `optional` field that has not been set.
#define GYRUS_DEFAULT(message, field, value) \
  if (!(message).has_##field()) (message).set_##field(value)

namespace gyrus {

// `value`, or `otherwise` if it is empty or zero. For strings, and for enums, whose
// zero means that the field has not been set.
template <typename T>
T Or(const T& value, const T& otherwise) {
  return value == T{} ? otherwise : value;
}

}  // namespace gyrus
