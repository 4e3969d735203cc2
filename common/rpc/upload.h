// Sends a file in chunks to a program that stores it under its digest.
#pragma once

#include <grpcpp/support/sync_stream.h>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/upload.pb.h"

namespace gyrus {

// Writes `bytes` to the stream in chunks of 1 MiB, and waits for the status of the
// call. Stops sending when the peer has ended the call, for example because it has the
// file already. Calls `on_chunk_sent` after each chunk.
grpc::Status SendFile(
    grpc::ClientWriterInterface<v1::UploadChunk>& stream, absl::string_view sha256,
    absl::string_view bytes, absl::FunctionRef<void()> on_chunk_sent = [] {});

}  // namespace gyrus
