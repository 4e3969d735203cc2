#include "common/files.h"

#include <string>

#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

class FilesTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return test_folder_.In(name); }

  const TestFolder test_folder_;
  const std::string& folder_ = test_folder_.path();
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

TEST_F(FilesTest, MakesFoldersThatSurviveAPowerCut) {
  std::vector<std::string> synced;
  {
    const SyncSpy spy([&synced](const std::string& path) { synced.push_back(path); });
    ASSERT_TRUE(MakeFolders(Path("a/b/")).ok());
    ASSERT_TRUE(MakeFolders(Path("a/b")).ok());
  }
  EXPECT_EQ(synced, (std::vector<std::string>{folder_, Path("a")}));
  EXPECT_EQ(ListFolder(Path("a")).value(), std::vector<std::string>{"b"});

  ASSERT_TRUE(WriteFileAtomically(Path("file"), "").ok());
  EXPECT_FALSE(MakeFolders(Path("file")).ok());
  EXPECT_FALSE(MakeFolders(Path("file/b")).ok());
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
  { const FolderLock moved = *std::move(first); }
  EXPECT_TRUE(FolderLock::Take(Path("lock")).ok());
}

}  // namespace
}  // namespace gyrus
