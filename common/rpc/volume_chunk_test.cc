#include "common/rpc/volume_chunk.h"

#include <string>
#include <vector>

#include "common/status.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::ChunkHeader Header() {
  v1::ChunkHeader header;
  header.set_position(7);
  header.set_item("cohort/sub-01/1");
  header.set_offset_bytes(1 << 20);
  header.set_total_bytes(3 << 20);
  return header;
}

std::string Flatten(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string all;
  for (const grpc::Slice& slice : slices) {
    all.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return all;
}

grpc::ByteBuffer Buffer(absl::string_view bytes, size_t piece) {
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    slices.emplace_back(std::string(bytes.substr(at, piece)));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

absl::StatusOr<std::string> ParseData(grpc::ByteBuffer& buffer) {
  std::string data;
  GYRUS_RETURN_IF_ERROR(ParseVolumeChunk(buffer,
                                         [&data](const v1::ChunkHeader&,
                                                 size_t bytes) -> absl::StatusOr<absl::Span<char>> {
                                           data.resize(bytes);
                                           return absl::MakeSpan(data);
                                         })
                            .status());
  return data;
}

TEST(VolumeChunkTest, TheGeneratedClassReadsTheFrame) {
  const std::string data(300000, 'v');
  v1::VolumeChunk slice;
  ASSERT_TRUE(slice.ParseFromString(Flatten(FrameVolumeChunk(Header(), data, nullptr))));
  EXPECT_EQ(slice.header().SerializeAsString(), Header().SerializeAsString());
  EXPECT_EQ(slice.data(), data);
}

TEST(VolumeChunkTest, ReadsWhatTheGeneratedClassWrites) {
  v1::VolumeChunk slice;
  *slice.mutable_header() = Header();
  slice.set_data(std::string(5000, 'v'));
  for (const size_t piece : {1, 7, 100, 100000}) {
    grpc::ByteBuffer buffer = Buffer(slice.SerializeAsString(), piece);
    EXPECT_EQ(ParseData(buffer).value(), slice.data()) << piece;
  }
}

TEST(VolumeChunkTest, EveryTruncationIsRefused) {
  v1::VolumeChunk slice;
  *slice.mutable_header() = Header();
  slice.set_data("0123456789");
  const std::string bytes = slice.SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size) {
    grpc::ByteBuffer buffer = Buffer(absl::string_view(bytes).substr(0, size), 1000);
    EXPECT_EQ(ParseData(buffer).status().code(), absl::StatusCode::kInvalidArgument) << size;
  }
}

TEST(VolumeChunkTest, LetsGoOfTheDataOnceItWasSent) {
  auto data = std::make_shared<std::string>(1000, 'v');
  {
    const grpc::ByteBuffer buffer = FrameVolumeChunk(Header(), *data, data);
    EXPECT_EQ(data.use_count(), 2);
  }
  EXPECT_EQ(data.use_count(), 1);
}

}  // namespace
}  // namespace gyrus
