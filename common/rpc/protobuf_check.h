// The protobuf under this program.
#pragma once

#include "absl/status/status.h"

namespace gyrus {

// FAILED_PRECONDITION: the protobuf library at hand does not go with the
// headers that this program was built with.
absl::Status CheckProtobuf();

}  // namespace gyrus
