#include "common/rpc/volume_chunk.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <utility>

#include "common/status.h"

namespace gyrus {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

// (field number << 3) | 2: both fields are length-delimited.
constexpr uint32_t kHeaderTag = (v1::VolumeChunk::kHeaderFieldNumber << 3) | 2;
constexpr uint32_t kDataTag = (v1::VolumeChunk::kDataFieldNumber << 3) | 2;

void Release(void* keep_alive) { delete static_cast<std::shared_ptr<const void>*>(keep_alive); }

absl::Status Malformed() { return absl::InvalidArgumentError("malformed VolumeChunk"); }

}  // namespace

// The second slice refers to the caller's memory, so the voxels are not copied.
// `keep_alive` is released when gRPC has sent them.
grpc::ByteBuffer FrameVolumeChunk(const v1::ChunkHeader& header, absl::string_view data,
                                  std::shared_ptr<const void> keep_alive) {
  std::string head;
  {
    StringOutputStream stream(&head);
    CodedOutputStream out(&stream);
    out.WriteTag(kHeaderTag);
    out.WriteVarint32(static_cast<uint32_t>(header.ByteSizeLong()));
    header.SerializeToCodedStream(&out);
    out.WriteTag(kDataTag);
    out.WriteVarint32(static_cast<uint32_t>(data.size()));
  }
  const grpc::Slice slices[] = {
      grpc::Slice(head), grpc::Slice(const_cast<char*>(data.data()), data.size(), &Release,
                                     new std::shared_ptr<const void>(std::move(keep_alive)))};
  return grpc::ByteBuffer(slices, 2);
}

absl::StatusOr<v1::ChunkHeader> ParseVolumeChunk(
    grpc::ByteBuffer& bytes,
    absl::FunctionRef<absl::StatusOr<absl::Span<char>>(const v1::ChunkHeader&, size_t)>
        destination) {
  grpc::ProtoBufferReader reader(&bytes);
  if (!reader.status().ok()) return Malformed();
  CodedInputStream in(&reader);
  uint32_t size = 0;
  v1::ChunkHeader header;
  if (in.ReadTag() != kHeaderTag || !in.ReadVarint32(&size)) return Malformed();
  // The limit confines the parser to the header, because the data follows in the same
  // buffer.
  const CodedInputStream::Limit limit = in.PushLimit(static_cast<int>(size));
  if (!header.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return Malformed();
  in.PopLimit(limit);
  if (in.ReadTag() != kDataTag || !in.ReadVarint32(&size)) return Malformed();
  GYRUS_ASSIGN_OR_RETURN(const absl::Span<char> place, destination(header, size));
  if (place.size() != size || !in.ReadRaw(place.data(), static_cast<int>(size))) {
    return Malformed();
  }
  return header;
}

}  // namespace gyrus
