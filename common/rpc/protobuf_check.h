// Checks at the start of a program that the protobuf library fits it.
#pragma once

#include "absl/status/status.h"

namespace gyrus {

// FAILED_PRECONDITION: the protobuf library that was loaded has another version than
// the headers that this program was compiled with.
absl::Status CheckProtobuf();

}  // namespace gyrus
