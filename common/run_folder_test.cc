#include "common/run_folder.h"

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <string>

#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

class RunFolderTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(MakeFolders(folder_).ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/" + name, text).ok());
  }

  const TestFolder test_folder_;
  const std::string folder_ = test_folder_.In("run");
};

TEST_F(RunFolderTest, IsMadeOnceAndOpenedAgain) {
  ASSERT_TRUE(RunFolder::OpenOrCreate(folder_).ok());
  EXPECT_EQ(ReadFile(folder_ + "/FORMAT").value(), "gyrus-run 1\n");
  Write("experiment.yaml", "name: a");
  ASSERT_TRUE(RunFolder::OpenOrCreate(folder_).ok());
  auto opened = RunFolder::Open(folder_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->ledger_file(), folder_ + "/coordinator/ledger.db");
  EXPECT_EQ(opened->worker_folder(2), folder_ + "/worker-2");
}

TEST_F(RunFolderTest, OpeningMakesNothing) {
  EXPECT_EQ(RunFolder::Open(folder_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ListFolder(folder_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RunFolderTest, ANewerFormatIsRefused) {
  Write("FORMAT", "gyrus-run 2\n");
  for (const auto& status :
       {RunFolder::Open(folder_).status(), RunFolder::OpenOrCreate(folder_).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(
        status.message(),
        folder_ + " was written by a newer version of Gyrus (format 2; this program reads 1)");
  }
}

TEST_F(RunFolderTest, ADamagedFormatIsNotTakenForAnother) {
  for (const char* text :
       {"", "gyrus-run", "gyrus-run 1", "gyrus-run 0\n", "gyrus-run x\n", "1\n"}) {
    Write("FORMAT", text);
    EXPECT_EQ(RunFolder::OpenOrCreate(folder_).status().code(), absl::StatusCode::kDataLoss)
        << text;
  }
}

TEST_F(RunFolderTest, AFolderWithOtherThingsIsLeftAlone) {
  Write("thesis.tex", "x");
  const absl::Status status = RunFolder::OpenOrCreate(folder_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder_));
  EXPECT_EQ(ListFolder(folder_).value(), std::vector<std::string>{"thesis.tex"});
}

TEST_F(RunFolderTest, ANewOneTakesANameThatIsFree) {
  const std::string path = folder_ + "/runs/age-1";
  EXPECT_EQ(RunFolder::CreateNew(path).value().path(), path);
  EXPECT_EQ(RunFolder::CreateNew(path).value().path(), path + "-2");
  EXPECT_EQ(RunFolder::CreateNew(path).value().path(), path + "-3");
  EXPECT_TRUE(RunFolder::IsRunFolder(path + "-3"));
  EXPECT_FALSE(RunFolder::IsRunFolder(folder_));
}

TEST_F(RunFolderTest, AFolderWhoseMakingWasCutShortIsMadeAgain) {
  Write("FORMAT.tmp12-0", "gyrus");
  EXPECT_TRUE(RunFolder::OpenOrCreate(folder_).ok());
}

TEST_F(RunFolderTest, AReadOnlyFolderIsNamed) {
  ASSERT_TRUE(MakeFolders(folder_).ok());
  ASSERT_EQ(chmod(folder_.c_str(), 0555), 0);
  // root may write anywhere; for this thread's file accesses be somebody else.
  const int user = setfsuid(65534);
  const absl::Status status = RunFolder::OpenOrCreate(folder_).status();
  setfsuid(user);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot make the run folder " + folder_));
}

}  // namespace
}  // namespace gyrus
