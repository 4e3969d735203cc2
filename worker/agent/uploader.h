// Uploads the files of a finished attempt (weights, predictions) to the
// coordinator's vault.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/retry.h"
#include "gyrus/v1/reason.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {

struct UploadOptions {
  // Where the artefact's path begins: the attempt's folder in the spool.
  std::string folder;
  RetryPolicy retry;
  // Ends the wait for a vault that has no room, or for a coordinator that is away.
  const absl::Notification& stop;
  const Clock& clock = SystemClock();
};

// Sends the file in chunks; returns once it is durable there. Blocks. Safe to repeat.
// After a passing fault, such as a full disk under the vault, it is tried again, and
// `waiting` is called with the reason: each time, and with a reason without a code
// when it does not wait any more. Errors are those of Workers.Upload and of reading
// the file.
absl::Status UploadArtifact(v1::Workers::StubInterface& coordinator, const v1::Artifact& artifact,
                            const UploadOptions& options,
                            absl::FunctionRef<void(const v1::Reason&)> waiting);

}  // namespace gyrus
