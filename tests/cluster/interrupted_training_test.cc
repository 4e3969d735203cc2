// A trainer that is killed after a resume checkpoint: the next attempt continues
// from it, and the result has the bits of a run that nothing disturbed.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

// Longer than anything here takes; only a test that fails waits for it.
constexpr absl::Duration kPatience = absl::Seconds(120);

// Long enough to have a checkpoint, which the clock allows after a second.
const std::vector<std::string> kLongTraining = {"--set", "train.epochs=60",
                                                "--set", "split.kfold.k=2",
                                                "--set", "resources.checkpoint_seconds=1"};

std::vector<std::vector<std::string>> DigestsOf(const Json& result) {
  std::vector<std::vector<std::string>> digests;
  for (const Json& fold : result["arms"][0]["folds"]) {
    digests.push_back({fold["weights_sha256"], fold["predictions_sha256"], fold["seen_digest"],
                       fold["served_set_digest"]});
  }
  return digests;
}

class InterruptedTrainingTest : public ProgramsTest {
 protected:
  // Whether some trial of the run has a whole checkpoint.
  bool HasCheckpoint() const {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(In("out/resume"), error)) {
      const std::string name = entry.path().parent_path().filename().string();
      if (entry.path().filename() == "head.pb" && !absl::EndsWith(name, ".tmp")) return true;
    }
    return false;
  }

  std::optional<pid_t> TrainerOfTheRun() const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      pid_t pid = 0;
      if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
      const auto line = ReadFile(entry.path().string() + "/cmdline");
      if (line.ok() && absl::StrContains(*line, "gyrus-trainer") &&
          absl::StrContains(*line, In("out"))) {
        return pid;
      }
    }
    return std::nullopt;
  }
};

TEST_F(InterruptedTrainingTest, TheNextAttemptContinuesFromTheCheckpointWithTheSameBits) {
  MakeCohort();
  const Ran whole = RunExperiment("whole", kLongTraining);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;

  std::vector<std::string> arguments = {
      ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out", In("out"), "--cache", In("cache"),
      "--workers",          "1"};
  arguments.insert(arguments.end(), kLongTraining.begin(), kLongTraining.end());
  auto child = Child::Start({.arguments = arguments, .log_file = In("log")});
  ASSERT_TRUE(child.ok()) << child.status();
  const absl::Time give_up = absl::Now() + kPatience;
  while (!child->HasEnded() && !HasCheckpoint() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  ASSERT_TRUE(HasCheckpoint());
  const std::optional<pid_t> trainer = TrainerOfTheRun();
  ASSERT_TRUE(trainer.has_value());
  kill(*trainer, SIGKILL);
  EXPECT_EQ(DescribeExit(child->Wait()), "exited with 0") << ReadFile(In("log")).value_or("");

  const auto result = ReadFile(In("out/result.json"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(DigestsOf(Json::parse(*result)), DigestsOf(JsonOf(whole)));
  // The attempt after the kill says where it began.
  EXPECT_THAT(ReadFile(In("out/worker-1/trainers.log")).value_or(""),
              testing::ContainsRegex("continues after step [1-9]"));
  // A run that is VALID leaves nothing to be continued.
  EXPECT_FALSE(fs::exists(In("out/resume")));
}

}  // namespace
}  // namespace gyrus
