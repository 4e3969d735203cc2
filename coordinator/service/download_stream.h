// Carries out one call of the method Download: sends a file of the vault in chunks.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <string>

#include "common/executor.h"
#include "coordinator/vault/vault.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// The file is read and checked on `disk`, and sent in pieces that gRPC takes as
// fast as the peer does. The arguments outlive the call.
grpc::ServerWriteReactor<v1::DownloadChunk>* StartDownloadStream(const Vault& vault, Executor& disk,
                                                                 std::string sha256);

}  // namespace gyrus
