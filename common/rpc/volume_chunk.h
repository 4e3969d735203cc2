// Writes and reads the message VolumeChunk (volume.proto) by hand, so that its data, up
// to a MiB of voxels, is not copied into a protobuf object and out of it again.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gyrus/v1/volume.pb.h"

namespace gyrus {

// The serialized message. `data` is not copied: it must not change until gRPC has sent
// it and releases `keep_alive`.
grpc::ByteBuffer FrameVolumeChunk(const v1::ChunkHeader& header, absl::string_view data,
                                  std::shared_ptr<const void> keep_alive);

// Parses the header, asks `destination` for memory for the given number of bytes, and
// copies the data there, once. Returns the header.
//
// INVALID_ARGUMENT: the bytes are not a VolumeChunk, or the memory has another length.
// An error that `destination` returns is returned as it is.
absl::StatusOr<v1::ChunkHeader> ParseVolumeChunk(
    grpc::ByteBuffer& bytes,
    absl::FunctionRef<absl::StatusOr<absl::Span<char>>(const v1::ChunkHeader&, size_t)>
        destination);

}  // namespace gyrus
