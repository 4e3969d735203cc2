// absl::Status <-> grpc::Status, code for code.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace gyrus {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace gyrus
