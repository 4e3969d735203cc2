#include "cli/client_options.h"

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
  const absl::Status nowhere = Connect({}).status();
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(nowhere.message()), HasSubstr("GYRUS_COORDINATOR"));
}

TEST(ConnectTest, ARunFolderSaysWhereWhileItIsServed) {
  const TestFolder folder;
  EXPECT_EQ(Connect({.run_folder = folder.In("absent")}).status().code(),
            absl::StatusCode::kNotFound);
  const auto run = RunFolder::OpenOrCreate(folder.In("run"));
  ASSERT_TRUE(run.ok());
  const absl::Status idle = Connect({.run_folder = run->path()}).status();
  EXPECT_EQ(idle.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(idle.message()), HasSubstr(run->path()));

  ASSERT_TRUE(MakeFolders(run->coordinator_folder()).ok());
  ASSERT_TRUE(WriteFileAtomically(CoordinatorAddressFile(*run), "127.0.0.1:1\n").ok());
  const auto client = Connect({.run_folder = run->path()});
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_THAT(std::string((*client)->List().status().message()), HasSubstr("at 127.0.0.1:1:"));
}

}  // namespace
}  // namespace gyrus::cli
