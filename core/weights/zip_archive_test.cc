#include "core/weights/zip_archive.h"

#include "core/weights/testing/zip_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ZipArchiveTest, EntriesComeBackByName) {
  const std::string noise = "stored \x00\xff bytes";
  for (const bool zip64 : {false, true}) {
    const std::string bytes = ZipOf(
        {{.name = "a/stored", .data = noise, .zip64 = zip64},
         {.name = "a/folder/"},
         {.name = "a/empty"},
         {.name = "a/deflated", .data = std::string(100000, 'z'), .deflate = true, .zip64 = zip64}},
        zip64);
    EXPECT_LT(bytes.size(), 2000) << "it is not deflated";
    auto archive = ZipArchive::Open(bytes);
    ASSERT_TRUE(archive.ok()) << archive.status();
    EXPECT_THAT(archive->sizes(), ElementsAre(Pair("a/deflated", 100000), Pair("a/empty", 0),
                                              Pair("a/stored", noise.size())));
    EXPECT_EQ(archive->Read("a/stored").value(), noise);
    EXPECT_EQ(archive->Read("a/stored").value(), noise) << "the second time";
    EXPECT_EQ(archive->Read("a/deflated").value(), std::string(100000, 'z'));
    EXPECT_EQ(archive->Read("a/empty").value(), "");
    EXPECT_EQ(archive->Read("a").status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(archive->Read("a/folder/").status().code(), absl::StatusCode::kNotFound);
  }
}

TEST(ZipArchiveTest, DamageInAnEntryIsNoticedWhenItIsRead) {
  const std::string data(1000, 'd');
  std::string bytes = ZipOf({{.name = "a", .data = data}, {.name = "b", .data = "whole"}});
  bytes[bytes.find(data) + 500] ^= 1;
  auto archive = ZipArchive::Open(bytes);
  ASSERT_TRUE(archive.ok()) << archive.status();
  const absl::Status status = archive->Read("a").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("CRC"));
  EXPECT_EQ(archive->Read("b").value(), "whole");
}

TEST(ZipArchiveTest, NoNameIsThereTwice) {
  const absl::Status status =
      ZipArchive::Open(ZipOf({{.name = "a", .data = "1"}, {.name = "a", .data = "2"}})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(ZipArchiveTest, ManyTimesItsSizeIsFineUpToTheBound) {
  const auto opened = [](size_t bytes) {
    return ZipArchive::Open(
               ZipOf({{.name = "a", .data = std::string(bytes, '\0'), .deflate = true}}))
        .status();
  };
  EXPECT_TRUE(opened(ZipArchive::kFreeBytes).ok());
  EXPECT_EQ(opened(ZipArchive::kFreeBytes * 2).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace gyrus
