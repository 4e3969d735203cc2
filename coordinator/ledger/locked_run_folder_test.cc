#include "coordinator/ledger/locked_run_folder.h"

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <optional>
#include <string>

#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

class LockedRunFolderTest : public testing::Test {
 protected:
  absl::StatusOr<LockedRunFolder> Take() {
    return LockedRunFolder::Take(RunFolder::OpenOrCreate(path_).value());
  }
  const TestFolder folder_;
  const std::string path_ = folder_.In("run");
};

TEST_F(LockedRunFolderTest, IsHeldByOneUntilItLetsGo) {
  auto first = Take();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->folder().path(), path_);
  const absl::Status second = Take().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.message()), HasSubstr(path_));
  { const LockedRunFolder gone = *std::move(first); }
  EXPECT_TRUE(Take().ok());
}

TEST_F(LockedRunFolderTest, CanBeReadWhileItIsHeld) {
  auto held = Take();
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(RunFolder::Open(path_).ok());
}

TEST_F(LockedRunFolderTest, AReadOnlyRunFolderIsNamed) {
  const RunFolder folder = RunFolder::OpenOrCreate(path_).value();
  ASSERT_EQ(chmod(path_.c_str(), 0555), 0);
  // root may write anywhere; for this thread's file accesses be somebody else.
  const int user = setfsuid(65534);
  const absl::Status status = LockedRunFolder::Take(folder).status();
  setfsuid(user);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot use the run folder " + path_));
}

}  // namespace
}  // namespace gyrus
