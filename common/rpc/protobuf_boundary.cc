#include <google/protobuf/stubs/common.h>

#include "common/boundary.h"
#include "common/rpc/protobuf_check.h"

namespace gyrus {
namespace {

absl::Status TranslateProtobuf() {
  return absl::FailedPreconditionError(TranslateStdException().message());
}

}  // namespace

absl::Status CheckProtobuf() {
  return AtBoundary("checking the protobuf library", &TranslateProtobuf,
                    [] { GOOGLE_PROTOBUF_VERIFY_VERSION; });
}

}  // namespace gyrus
