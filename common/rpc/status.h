// Converts between absl::Status and grpc::Status. Codes and messages are kept; payloads,
// such as the reason of common/reason/reason.h, are lost.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace gyrus {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace gyrus
