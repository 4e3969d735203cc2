// Uploads the files of a finished attempt (weights, predictions) to the
// coordinator's vault.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {

// Sends the file in chunks; returns once it is durable there. Blocks. Safe to
// repeat. Errors are those of Workers.Upload and of reading the file.
absl::Status UploadArtifact(v1::Workers::StubInterface& coordinator, const std::string& folder,
                            const v1::Artifact& artifact);

}  // namespace gyrus
