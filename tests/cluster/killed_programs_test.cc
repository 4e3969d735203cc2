// Each program of a run is killed at random moments. The same command goes on after
// every kill, and the end has the bits of a run that nothing disturbed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "common/testing/long_tests.h"
#include "common/testing/paths.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct Victim {
  std::string program;
  unsigned seed;
};

void PrintTo(const Victim& victim, std::ostream* out) { *out << victim.program; }

// The process that runs `program` with `mark` in its arguments.
std::optional<pid_t> FindProcess(const std::string& program, const std::string& mark) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const auto line = ReadFile(entry.path().string() + "/cmdline");
    // The arguments stand between zero bytes; the first is the program's path.
    if (line.ok() && absl::EndsWith(line->c_str(), absl::StrCat("/", program)) &&
        absl::StrContains(*line, mark)) {
      return pid;
    }
  }
  return std::nullopt;
}

std::vector<std::vector<std::string>> DigestsOf(const Json& result) {
  std::vector<std::vector<std::string>> digests;
  for (const Json& arm : result["arms"]) {
    for (const Json& fold : arm["folds"]) {
      digests.push_back({fold["weights_sha256"], fold["predictions_sha256"], fold["seen_digest"],
                         fold["served_set_digest"]});
    }
  }
  return digests;
}

class KilledProgramsTest : public ProgramsTest, public testing::WithParamInterface<Victim> {
 protected:
  // The experiment, and the random moments of the kills: four on real volumes in the
  // long form, one on a small cohort otherwise.
  void SetUp() override {
    Put("tiny.yaml", Experiment());
    if (LongTests() && fs::exists(SourceDir() + "/../shared/data/neonates")) {
      experiment_ = {SourceDir() + "/experiments/neonates.yaml", "--set",
                     "resources.checkpoint_seconds=2"};
      kills_ = 4;
    } else {
      MakeCohort();
      experiment_ = {In("tiny.yaml"),
                     "--set",
                     "train.epochs=30",
                     "--set",
                     "split.kfold.k=2",
                     "--set",
                     "resources.checkpoint_seconds=1"};
    }
  }

  std::vector<std::string> Command(const std::string& out) const {
    std::vector<std::string> command = {ProgramPath("gyrus"), "run"};
    command.insert(command.end(), experiment_.begin(), experiment_.end());
    command.insert(command.end(), {"--out", In(out), "--cache", In("cache"), "--json"});
    return command;
  }

  // Runs the command and kills the victim after `pause`, counted from its start, while
  // the command still runs. Returns how the command ended, as waitpid says it.
  int RunAndKill(absl::Duration pause) {
    auto child = Child::Start({.arguments = Command("out"), .log_file = In("log")});
    EXPECT_TRUE(child.ok()) << child.status();
    std::optional<pid_t> victim;
    while (!child->HasEnded() && !victim.has_value()) {
      victim =
          GetParam().program == "gyrus" ? child->pid() : FindProcess(GetParam().program, In("out"));
      absl::SleepFor(absl::Milliseconds(5));
    }
    const absl::Time moment = absl::Now() + pause;
    while (!child->HasEnded() && absl::Now() < moment) absl::SleepFor(absl::Milliseconds(5));
    // A trainer ends by itself at the end of its trial; then its successor is meant.
    while (GetParam().program == "gyrus-trainer" && !child->HasEnded()) {
      victim = FindProcess(GetParam().program, In("out"));
      if (victim.has_value()) break;
      absl::SleepFor(absl::Milliseconds(5));
    }
    if (!child->HasEnded() && victim.has_value() && kill(*victim, SIGKILL) == 0) ++killed_;
    return child->Wait();
  }

  std::vector<std::string> experiment_;
  int kills_ = 1;
  int killed_ = 0;
};

TEST_P(KilledProgramsTest, TheSameCommandGoesOnAndTheBitsAreTheSame) {
  const absl::Time began = absl::Now();
  const Ran whole = RunProgram(Command("whole"));
  const absl::Duration duration = absl::Now() - began;
  ASSERT_EQ(whole.exit_code, 0) << whole.err;

  std::mt19937 random(GetParam().seed);
  std::uniform_real_distribution<double> share(0.05, 0.5);
  int status = 0;
  for (int i = 0; i < kills_; ++i) {
    const absl::Duration pause = share(random) * duration / kills_;
    status = RunAndKill(pause);
    // One whose moment came after the end of the work kills nothing.
    if (killed_ <= i) break;
    RecordProperty(absl::StrCat("kill_", i), absl::FormatDuration(pause));
  }
  EXPECT_GE(killed_, 1);
  if (status != 0) {
    const Ran last = RunProgram(Command("out"));
    ASSERT_EQ(last.exit_code, 0) << last.err << ReadFile(In("log")).value_or("");
  }
  const auto result = ReadFile(In("out/result.json"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(DigestsOf(Json::parse(*result)), DigestsOf(JsonOf(whole)));
  EXPECT_THAT(StillRunning(In("out")), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Programs, KilledProgramsTest,
                         testing::Values(Victim{"gyrus-trainer", 1}, Victim{"gyrus-worker", 2},
                                         Victim{"gyrus-coordinator", 3},
                                         Victim{"gyrus-dataloader", 4}, Victim{"gyrus", 5}),
                         [](const auto& info) {
                           std::string name = info.param.program;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace gyrus
