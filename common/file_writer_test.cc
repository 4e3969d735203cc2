#include "common/file_writer.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// No two blocks of it are alike.
std::string Text(size_t bytes) {
  std::string text(bytes, ' ');
  for (size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * 31 + i / 251 + i / 65521);
  return text;
}

// Lengths around a block and around the buffer, in pieces that fit neither.
TEST(FileWriterTest, WritesTheSameBytesInPiecesOfAnySize) {
  const TestFolder folder;
  for (const size_t bytes : {0, 1, 4095, 4096, 4097, 100'000, 4 << 20, (4 << 20) + 1, 9'000'001}) {
    for (const size_t piece : {size_t{777}, size_t{5'000'000}}) {
      const std::string text = Text(bytes);
      auto writer = FileWriter::Create(folder.In("f"));
      ASSERT_TRUE(writer.ok()) << writer.status();
      for (size_t at = 0; at < bytes; at += piece) {
        ASSERT_TRUE(writer->Append(absl::string_view(text).substr(at, piece)).ok());
      }
      ASSERT_TRUE(writer->Finish().ok());
      EXPECT_TRUE(*ReadFile(folder.In("f")) == text) << bytes << " in pieces of " << piece;
    }
  }
}

// The writer passes a DiskBuffer on without a copy, before and after data that it has to
// copy.
TEST(FileWriterTest, WritesADiskBufferWhereverItComes) {
  const TestFolder folder;
  const std::string text = Text(9'000'001);
  DiskBuffer buffer;
  for (const absl::string_view before : {"", "123"}) {
    ASSERT_TRUE(buffer.Reset(text.size()).ok());
    buffer.Append(absl::string_view(text).substr(0, 5));
    buffer.Append(absl::string_view(text).substr(5));
    auto writer = FileWriter::Create(folder.In("f"));
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE(writer->Append(before).ok());
    ASSERT_TRUE(writer->Append(buffer.bytes()).ok());
    ASSERT_TRUE(writer->Append("end").ok());
    ASSERT_TRUE(writer->Finish().ok());
    EXPECT_TRUE(*ReadFile(folder.In("f")) == std::string(before) + text + "end");
  }
}

TEST(FileWriterTest, WritesWhereThePageCacheIsTheOnlyWay) {
  struct stat info;
  if (stat("/dev/shm", &info) != 0) GTEST_SKIP() << "no file system in memory at /dev/shm";
  const std::string path = "/dev/shm/gyrus_file_writer_test." + std::to_string(getpid());
  auto writer = FileWriter::Create(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  const std::string text = Text(5'000'000);
  EXPECT_TRUE(writer->Append(text).ok());
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_TRUE(*ReadFile(path) == text);
  EXPECT_TRUE(RemoveAll(path).ok());
}

TEST(FileWriterTest, FinishingSyncsTheWholeFile) {
  const TestFolder folder;
  auto writer = FileWriter::Create(folder.In("f"));
  ASSERT_TRUE(writer.ok()) << writer.status();
  std::vector<std::string> sizes;
  const SyncSpy spy([&](const std::string& path) {
    struct stat info;
    if (stat(path.c_str(), &info) == 0) sizes.push_back(std::to_string(info.st_size));
  });
  ASSERT_TRUE(writer->Append(Text(4097)).ok());
  EXPECT_THAT(sizes, testing::IsEmpty());
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_THAT(sizes, testing::ElementsAre("4097"));
}

TEST(FileWriterTest, ReplacesWhatWasThereWithTheModeAskedFor) {
  const TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.In("old"), Text(10'000)).ok());
  for (const std::string name : {"old", "new"}) {
    auto writer = FileWriter::Create(folder.In(name), 0444);
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE(writer->Append("short").ok());
    ASSERT_TRUE(writer->Finish().ok());
    EXPECT_EQ(*ReadFile(folder.In(name)), "short");
  }
  struct stat info;
  ASSERT_EQ(stat(folder.In("new").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0444u);
}

TEST(FileWriterTest, AFileThatCannotBeMadeIsNamed) {
  const TestFolder folder;
  const auto writer = FileWriter::Create(folder.In("none/f"));
  EXPECT_EQ(writer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(writer.status().message()), testing::HasSubstr("none/f"));
}

TEST(FileWriterTest, AFullDiskIsTold) {
  struct stat info;
  if (stat("/dev/full", &info) != 0) GTEST_SKIP() << "no /dev/full";
  auto writer = FileWriter::Create("/dev/full");
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Append(Text(10)).ok());
  EXPECT_EQ(writer->Finish().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace gyrus
