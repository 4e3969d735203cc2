// VolumeChunk on the wire, without a copy of its data.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gyrus/v1/volume.pb.h"

namespace gyrus {

// The bytes of a VolumeChunk message. `data` is not copied: it must stay as it
// is until `keep_alive` is let go, which gRPC does once it has been sent.
grpc::ByteBuffer FrameVolumeChunk(const v1::ChunkHeader& header, absl::string_view data,
                                  std::shared_ptr<const void> keep_alive);

// Parses the header, asks `destination` where `data` of that many bytes is to
// go, and copies it there, once. Returns the header.
//
// INVALID_ARGUMENT: the bytes are no VolumeChunk, or the place has another
// length. An error of `destination` is returned as it is.
absl::StatusOr<v1::ChunkHeader> ParseVolumeChunk(
    grpc::ByteBuffer& bytes,
    absl::FunctionRef<absl::StatusOr<absl::Span<char>>(const v1::ChunkHeader&, size_t)>
        destination);

}  // namespace gyrus
