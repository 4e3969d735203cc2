#include "common/files.h"

#include <filesystem>
#include <string>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest()
      : folder_(testing::TempDir() + "/files_test_" +
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    EXPECT_TRUE(RemoveAll(folder_).ok());
    EXPECT_TRUE(MakeFolders(folder_).ok());
  }
  ~FilesTest() override { EXPECT_TRUE(RemoveAll(folder_).ok()); }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_;
};

TEST_F(FilesTest, AFileIsReplacedWholeAndLeavesNothingBeside) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "first").ok());
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "second").ok());
  EXPECT_EQ(ReadFile(Path("a")).value(), "second");
  EXPECT_EQ(ListFolder(folder_).value(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, AFailedWriteLeavesTheOldFile) {
  // The target is a folder, so that the last step, the rename, fails.
  ASSERT_TRUE(MakeFolders(Path("a/b")).ok());
  EXPECT_FALSE(WriteFileAtomically(Path("a"), "bytes").ok());
  EXPECT_EQ(ListFolder(folder_).value(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, ErrorsNameThePath) {
  const absl::Status status = ReadFile(Path("none")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find(Path("none")), std::string::npos) << status;
  EXPECT_FALSE(ReadFile(folder_).ok());
  EXPECT_FALSE(MappedFile::Open(folder_).ok());
}

TEST_F(FilesTest, MapsWhatWasWritten) {
  const std::string bytes(100000, 'q');
  ASSERT_TRUE(WriteFileAtomically(Path("a"), bytes).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("empty"), "").ok());
  EXPECT_EQ(MappedFile::Open(Path("a"))->bytes(), bytes);
  EXPECT_EQ(MappedFile::Open(Path("empty"))->bytes(), "");
}

TEST_F(FilesTest, AFolderIsLockedByOneUntilItLetsGo) {
  auto first = FolderLock::Take(Path("lock"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(FolderLock::Take(Path("lock")).status().code(), absl::StatusCode::kFailedPrecondition);
  { const FolderLock gone = *std::move(first); }
  EXPECT_TRUE(FolderLock::Take(Path("lock")).ok());
}

}  // namespace
}  // namespace gyrus
