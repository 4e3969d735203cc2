#include "core/volume/gzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gyrus {
namespace {

std::string Text(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i * i) + " ";
  return text.substr(0, size);
}

// Returns the decompressed bytes, or the status as text.
std::string Inside(absl::string_view bytes, size_t limit_bytes = size_t{1} << 34) {
  ByteBuffer out;
  const absl::Status status = Gunzip(bytes, out, limit_bytes);
  return status.ok() ? std::string(out.bytes()) : status.ToString();
}

TEST(GzipTest, WhatGoesInComesOut) {
  for (const size_t size : {0, 1, 100, 100'000}) EXPECT_EQ(Inside(Gzip(Text(size))), Text(size));
}

TEST(GzipTest, TheSameInputGivesTheSameBytes) { EXPECT_EQ(Gzip(Text(5000)), Gzip(Text(5000))); }

TEST(GzipTest, MembersAreJoined) {
  // The last member is the smallest, so that its size tells too little.
  EXPECT_EQ(Inside(Gzip(Text(300'000)) + Gzip(Text(70)) + Gzip("")), Text(300'000) + Text(70));
}

TEST(GzipTest, ZerosAfterTheStreamAreFilling) {
  EXPECT_EQ(Inside(Gzip("brain") + std::string(500, '\0')), "brain");
}

TEST(GzipTest, OtherBytesAfterTheStreamAreDamage) {
  EXPECT_THAT(Inside(Gzip("brain") + "x"), testing::HasSubstr("DATA_LOSS"));
}

TEST(GzipTest, AStreamCutAnywhereIsRefused) {
  const std::string whole = Gzip(Text(400));
  for (size_t size = 0; size < whole.size(); ++size) {
    ByteBuffer out;
    EXPECT_EQ(Gunzip(whole.substr(0, size), out).code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(GzipTest, NoFlippedBitChangesWhatComesOut) {
  const std::string text = Text(400);
  const std::string whole = Gzip(text);
  int noticed = 0;
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ByteBuffer out;
    const absl::Status status = Gunzip(flipped, out);
    if (status.ok()) {
      EXPECT_EQ(out.bytes(), text) << bit;
    } else {
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << bit;
      ++noticed;
    }
  }
  // All but the header's time, system and flags, which say nothing of the data.
  EXPECT_GE(noticed, 8 * static_cast<int>(whole.size() - 10));
}

TEST(GzipTest, TheLimitHolds) {
  EXPECT_EQ(Inside(Gzip(Text(1000)), 1000), Text(1000));
  EXPECT_THAT(Inside(Gzip(Text(1001)), 1000), testing::HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Inside(Gzip(Text(600)) + Gzip(Text(600)), 1000),
              testing::HasSubstr("RESOURCE_EXHAUSTED"));
}

TEST(GzipTest, ABufferServesManyFiles) {
  ByteBuffer buffer;
  for (const size_t size : {5000, 20, 70'000, 0, 300}) {
    ASSERT_TRUE(Gunzip(Gzip(Text(size)), buffer).ok());
    EXPECT_EQ(buffer.bytes(), Text(size));
  }
}

}  // namespace
}  // namespace gyrus
