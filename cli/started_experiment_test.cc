#include "cli/started_experiment.h"

#include <filesystem>

#include "cli/testing/experiment_fixture.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "common/testing/test_folder.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"
#include "core/spec/parse/experiment_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;

class StartedExperimentTest : public testing::Test {
 protected:
  ExperimentFile Load(std::vector<std::string> overrides = {}) const {
    return *LoadExperiment({file_, std::move(overrides)});
  }

  const TestFolder folder_;
  const std::string file_ = WriteExperiment(folder_.path(), "ages");
  const RunFolder run_ = *RunFolder::OpenOrCreate(folder_.In("run"));
};

constexpr char kLine[] = "gyrus run 'my exp.yaml' --set train.epochs=7";

TEST_F(StartedExperimentTest, KeepsWhatWasGivenAndWhatIsRun) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load({"train.epochs=7"}), kLine).ok());
  EXPECT_EQ(*ReadFile(run_.experiment_file()), ExperimentText("ages"));
  const std::string effective = *ReadFile(run_.effective_file());
  EXPECT_THAT(effective, HasSubstr(std::string("# Started by: ") + kLine + "\n# Spec: "));
  EXPECT_THAT(effective, HasSubstr("  epochs: 7\n"));
}

TEST_F(StartedExperimentTest, WhatIsRunIsTheSameExperimentAsAFile) {
  const ExperimentFile experiment = Load({"train.epochs=7"});
  ASSERT_TRUE(ClaimRunFolder(run_, experiment, kLine).ok());
  const auto again = LoadExperiment({run_.effective_file(), {}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(DigestOf(again->spec), DigestOf(experiment.spec));
}

// Every kind of experiment can be written and read.
TEST_F(StartedExperimentTest, EveryExperimentOfTheProjectIsReadBackAsItIs) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SourceDir() + "/experiments")) {
    if (entry.path().extension() != ".yaml") continue;
    auto given = ParseExperiment(*ReadFile(entry.path().string()), entry.path().string());
    ASSERT_TRUE(given.ok()) << given.status();
    FillDefaults(given->spec);
    const std::string text = ExperimentToYaml(given->spec);
    const auto read = ParseExperiment(text, "effective.yaml");
    ASSERT_TRUE(read.ok()) << read.status() << "\n" << text;
    EXPECT_EQ(DigestOf(read->spec), DigestOf(given->spec)) << text;
    ++count;
  }
  EXPECT_GE(count, 5);
}

TEST_F(StartedExperimentTest, TheSameExperimentMayGoOn) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load(), kLine).ok());
  const std::string kept = *ReadFile(run_.experiment_file());
  EXPECT_TRUE(ClaimRunFolder(run_, Load(), kLine).ok());
  // A comment or an override with the same value does not make it another experiment.
  ASSERT_TRUE(WriteFileAtomically(file_, ExperimentText("ages") + "# A comment.\n").ok());
  EXPECT_TRUE(ClaimRunFolder(run_, Load({"train.epochs=2"}), kLine).ok());
  EXPECT_EQ(*ReadFile(run_.experiment_file()), kept);
}

TEST_F(StartedExperimentTest, AnotherExperimentMayNotAndEachDifferenceIsNamed) {
  ASSERT_TRUE(ClaimRunFolder(run_, Load(), kLine).ok());
  const absl::Status status =
      ClaimRunFolder(run_, Load({"train.epochs=7", "split.kfold.k=2"}), kLine);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("choose another --out"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("\n  split.kfold.k: 3 there, 2 asked\n"
                                                       "  train.epochs: 2 there, 7 asked"));
}

}  // namespace
}  // namespace gyrus::cli
