// Filling what a message leaves out.
#pragma once

// For fields that know whether they are set.
#define GYRUS_DEFAULT(message, field, value) \
  if (!(message).has_##field()) (message).set_##field(value)

namespace gyrus {

// For enums, whose 0 is unset, and strings.
template <typename T>
T Or(const T& value, const T& otherwise) {
  return value == T{} ? otherwise : value;
}

}  // namespace gyrus
