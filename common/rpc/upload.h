// A file on its way to whoever stores it under its digest.
#pragma once

#include <grpcpp/support/sync_stream.h>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/upload.pb.h"

namespace gyrus {

// Writes all of it in chunks and waits for the answer. A peer that has answered
// already, for example because it knows the file, is sent no more. `sent` is called
// after each chunk.
grpc::Status SendFile(
    grpc::ClientWriterInterface<v1::UploadChunk>& stream, absl::string_view sha256,
    absl::string_view bytes, absl::FunctionRef<void()> sent = [] {});

}  // namespace gyrus
