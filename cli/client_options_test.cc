#include "cli/client_options.h"

#include <filesystem>

#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;

v1::ListReply ListOf(const std::vector<std::string>& ids) {
  v1::ListReply list;
  for (const std::string& id : ids) list.add_experiments()->set_id(id);
  return list;
}

TEST(PickExperimentTest, ABeginningThatOnlyOneHasIsEnough) {
  const auto list = ListOf({"abc", "abcd", "xyz"});
  EXPECT_EQ(*PickExperiment(list, "x"), "xyz");
  EXPECT_EQ(*PickExperiment(list, "abc"), "abc");
  EXPECT_EQ(*PickExperiment(list, "abcd"), "abcd");
  EXPECT_EQ(*PickExperiment(ListOf({"abc"}), ""), "abc");
}

TEST(PickExperimentTest, SaysWhenItMeansNoneOrSeveral) {
  const auto list = ListOf({"abc", "abd"});
  EXPECT_EQ(PickExperiment(list, "q").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(PickExperiment(ListOf({}), "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(PickExperiment(list, "").status().code(), absl::StatusCode::kInvalidArgument);
  const absl::Status several = PickExperiment(list, "ab").status();
  EXPECT_EQ(several.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(several.message()), HasSubstr("abc, abd"));
}

TEST(ConnectTest, NeedsToBeToldWhereTheCoordinatorIs) {
  const absl::Status nowhere = Connect({}, {}).status();
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(nowhere.message()), HasSubstr("GYRUS_COORDINATOR"));
}

TEST(ConnectTest, ARunFolderSaysWhereWhileItIsServed) {
  const TestFolder folder;
  const auto connect = [](const std::string& path) {
    return Connect({}, {.run_folder = path, .experiment = ""});
  };
  EXPECT_EQ(connect(folder.In("absent")).status().code(), absl::StatusCode::kNotFound);
  const auto run = RunFolder::OpenOrCreate(folder.In("run"));
  ASSERT_TRUE(run.ok());
  const absl::Status idle = connect(run->path()).status();
  EXPECT_EQ(idle.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(idle.message()), HasSubstr(run->path()));

  // A coordinator that was killed leaves its address; one that runs has the lock as well.
  ASSERT_TRUE(MakeFolders(run->coordinator_folder()).ok());
  ASSERT_TRUE(WriteFileAtomically(CoordinatorAddressFile(*run), "127.0.0.1:1\n").ok());
  EXPECT_EQ(connect(run->path()).status().code(), absl::StatusCode::kFailedPrecondition);
  const auto lock = FolderLock::Take(run->lock_file());
  ASSERT_TRUE(lock.ok()) << lock.status();
  const auto client = connect(run->path());
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_THAT(std::string((*client)->List().status().message()), HasSubstr("at 127.0.0.1:1:"));
}

class SubjectTest : public testing::Test {
 protected:
  Subject Of(const std::string& first, const std::string& second = "") const {
    const auto subject =
        SubjectOf({.coordinator = "a:1", .first_word = first, .second_word = second});
    EXPECT_TRUE(subject.ok()) << subject.status();
    return subject.ok() ? *subject : Subject();
  }

  const TestFolder folder_;
  const std::string run_ = RunFolder::OpenOrCreate(folder_.In("run"))->path();
};

TEST_F(SubjectTest, AWordIsARunFolderOrAnExperiment) {
  EXPECT_EQ(Of(run_).run_folder, run_);
  EXPECT_EQ(Of(run_).experiment, "");
  EXPECT_EQ(Of("k3v").run_folder, "");
  EXPECT_EQ(Of("k3v").experiment, "k3v");
  EXPECT_EQ(Of(run_, "k3v").run_folder, run_);
  EXPECT_EQ(Of(run_, "k3v").experiment, "k3v");
  EXPECT_EQ(SubjectOf({.run_folder = run_, .first_word = "k3v"})->experiment, "k3v");
}

TEST_F(SubjectTest, InsideOfARunFolderItNeedNotBeNamed) {
  const auto before = std::filesystem::current_path();
  ASSERT_TRUE(MakeFolders(run_ + "/predictions/T1w").ok());
  std::filesystem::current_path(run_ + "/predictions/T1w");
  const auto inside = SubjectOf({});
  const auto elsewhere = SubjectOf({.coordinator = "a:1"});
  std::filesystem::current_path(run_);
  const auto here = SubjectOf({});
  std::filesystem::current_path(before);
  EXPECT_EQ(inside->run_folder, "../..");
  EXPECT_EQ(here->run_folder, ".");
  EXPECT_EQ(elsewhere->run_folder, "");
}

TEST_F(SubjectTest, AFolderThatIsNoRunFolderIsNamed) {
  for (const std::string& path : {folder_.path(), folder_.In("absent/run")}) {
    const absl::Status status = SubjectOf({.first_word = path}).status();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
  EXPECT_EQ(SubjectOf({.run_folder = run_, .first_word = run_}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace gyrus::cli
