// Carries out one call of the method Upload: receives a file and stores it in the vault.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/executor.h"
#include "coordinator/vault/vault.h"
#include "gyrus/v1/upload.pb.h"

namespace gyrus {

// Chunks are written on `disk`, one at a time; the next is read meanwhile by
// gRPC alone. The arguments outlive the call.
grpc::ServerReadReactor<v1::UploadChunk>* StartUploadStream(Vault& vault, Executor& disk);

}  // namespace gyrus
