#include "cli/started_experiment.h"

#include "cli/testing/experiment_fixture.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StartedExperimentTest : public testing::Test {
 protected:
  ExperimentFile Load(std::vector<std::string> overrides = {}) const {
    return *LoadExperiment({file_, std::move(overrides)});
  }

  const TestFolder folder_;
  const std::string file_ = WriteExperiment(folder_.path(), "ages");
  const RunFolder run_ = *RunFolder::OpenOrCreate(folder_.In("run"));
};

TEST_F(StartedExperimentTest, KeepsTheTextAndHowItWasChanged) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load({"train.epochs=7"})).ok());
  const std::string kept = *ReadFile(run_.experiment_file());
  EXPECT_THAT(kept, StartsWith(ExperimentText("ages")));
  EXPECT_THAT(kept, HasSubstr("exp.yaml --set 'train.epochs=7'\n# Spec: "));
}

TEST_F(StartedExperimentTest, TheSameExperimentMayGoOn) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load()).ok());
  const std::string kept = *ReadFile(run_.experiment_file());
  EXPECT_TRUE(ClaimRunFolder(run_, Load()).ok());
  // A comment or an override with the same value does not make it another experiment.
  ASSERT_TRUE(WriteFileAtomically(file_, ExperimentText("ages") + "# A comment.\n").ok());
  EXPECT_TRUE(ClaimRunFolder(run_, Load({"train.epochs=2"})).ok());
  EXPECT_EQ(*ReadFile(run_.experiment_file()), kept);
}

TEST_F(StartedExperimentTest, AnotherExperimentMayNot) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load()).ok());
  const absl::Status status = ClaimRunFolder(run_, Load({"train.epochs=7"}));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("choose another --out"));
}

}  // namespace
}  // namespace gyrus::cli
