// `gyrus run` and `gyrus plan` with stand-ins for the other programs, so that
// each of them can be made to fail.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/exit_code.h"
#include "cli/testing/experiment_fixture.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "common/testing/paths.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Leaves its process id and arguments in a file, then ends with its parent.
constexpr char kStandIn[] = R"sh(#!/bin/sh
echo $$ "$(basename $0)" "$@" >> "$GYRUS_TEST_STARTED"
exec cat > /dev/null
)sh";
constexpr char kFailing[] = R"sh(#!/bin/sh
echo $$ "$(basename $0)" "$@" >> "$GYRUS_TEST_STARTED"
echo "E 2026-01-01T00:00:00.000Z $(basename $0): the disk is full" >&2
exit 3
)sh";

struct Outcome {
  int code;
  std::string out;
  std::string error;
};

class RunTest : public testing::Test {
 protected:
  RunTest() {
    EXPECT_TRUE(MakeFolders(folder_.In("bin")).ok());
    std::filesystem::create_symlink(absl::StrCat(BinaryDir(), "/tests/fake_coordinator"),
                                    folder_.In("bin/gyrus-coordinator"));
    MakeProgram("gyrus-dataloader", kStandIn);
    MakeProgram("gyrus-worker", kStandIn);
  }

  void MakeProgram(const std::string& name, const std::string& script) const {
    EXPECT_TRUE(WriteFileAtomically(folder_.In("bin/" + name), script, 0755).ok());
  }

  Child Start(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), absl::StrCat(BinaryDir(), "/bin/gyrus"));
    arguments.insert(arguments.end(), {"--bin", folder_.In("bin"), "--cache", folder_.In("cache")});
    // Through a shell, to have both outputs apart.
    std::string line = "exec";
    for (const std::string& argument : arguments) absl::StrAppend(&line, " '", argument, "'");
    absl::StrAppend(&line, " > ", folder_.In("out"), " 2> ", folder_.In("error"));
    auto child = Child::Start({.arguments = {"/bin/sh", "-c", line},
                               .environment = {{"GYRUS_TEST_STARTED", folder_.In("started")},
                                               {"GYRUS_COORDINATOR", ""},
                                               {"TMPDIR", folder_.In("tmp")}}});
    EXPECT_TRUE(child.ok()) << child.status();
    return *std::move(child);
  }

  Outcome End(Child child) const {
    const int status = child.Wait();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Text("out"), Text("error")};
  }

  Outcome RunHere(const std::string& name, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"run", WriteExperiment(folder_.path(), name), "--out",
                                          folder_.In("run")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return End(Start(arguments));
  }

  std::string Text(const std::string& name) const {
    return ReadFile(folder_.In(name)).value_or("");
  }

  // "PID NAME ARGUMENTS" of each stand-in, in the order of their starts.
  std::vector<std::string> Started() const {
    return absl::StrSplit(Text("started"), '\n', absl::SkipEmpty());
  }

  // Until a file has a text. Ends with the test's timeout.
  void Await(const std::string& name, const std::string& text) const {
    while (Text(name).find(text) == std::string::npos) usleep(2000);
  }

  // The stand-in for the coordinator leaves it here.
  int CoordinatorPid() const { return ToPid(Text("run/coordinator/pid")); }

  // Returns the process ids of all programs that were started.
  std::vector<int> Pids() const {
    std::vector<int> pids = {CoordinatorPid()};
    for (const std::string& line : Started()) pids.push_back(ToPid(line));
    return pids;
  }

  static int ToPid(const std::string& line) {
    int pid = 0;
    EXPECT_TRUE(absl::SimpleAtoi(line.substr(0, line.find(' ')), &pid)) << line;
    return pid;
  }

  // One that nobody reaps is dead too.
  static bool IsAlive(int pid) {
    const auto stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
    return stat.ok() && stat->find(") Z ") == std::string::npos;
  }

  void ExpectNothingLeft() const {
    for (const int pid : Pids()) EXPECT_FALSE(IsAlive(pid)) << pid << " still runs";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      EXPECT_THAT(entry.path().string(), Not(HasSubstr(".tmp"))) << "half a file is left";
    }
    EXPECT_TRUE(FolderLock::Take(folder_.In("run/coordinator/lock")).ok());
  }

  const TestFolder folder_;
};

TEST_F(RunTest, EndsWithTheTable) {
  const Outcome outcome = RunHere("ages");
  EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("T1w/train/r0/f0/s1: DONE\n"));
  EXPECT_THAT(outcome.out, HasSubstr("ages (id0): VALID"));
  EXPECT_THAT(outcome.out, HasSubstr(folder_.In("run/predictions")));
  EXPECT_EQ(nlohmann::json::parse(Text("run/result.json"))["state"], "VALID");
  EXPECT_EQ(Text("run/experiment.yaml"), ExperimentText("ages"));
  EXPECT_THAT(Text("run/effective.yaml"), HasSubstr("# Started by: "));
  ExpectNothingLeft();
}

TEST_F(RunTest, JsonIsOneObjectOnStandardOutput) {
  const Outcome outcome = RunHere("holed", {"--json"});
  EXPECT_EQ(outcome.code, kExitIncomplete) << outcome.error;
  EXPECT_EQ(outcome.out, Text("run/result.json"));
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["experiment"], "holed");
  EXPECT_THAT(outcome.error, HasSubstr("T1w/train/r0/f0/s1: DONE\n"));
}

TEST_F(RunTest, StartsTheProgramsWithRoomForAGang) {
  RunHere("ages", {"--workers", "2", "--set", "resources.slots_per_trial=4", "--set",
                   "train.batch=4", "--set", "resources.threads_per_slot=3"});
  const std::string run = folder_.In("run");
  std::vector<std::string> lines = Started();
  ASSERT_EQ(lines.size(), 3) << Text("error");
  std::sort(lines.begin(), lines.end(), [](const std::string& a, const std::string& b) {
    return a.substr(a.find(' ')) < b.substr(b.find(' '));
  });
  EXPECT_THAT(lines[0], HasSubstr(absl::StrCat(" gyrus-dataloader serve --cache ",
                                               folder_.In("cache"), " --coordinator-key ", run,
                                               "/coordinator/key.pub --address-file ", run,
                                               "/coordinator/loader.address --data-root ",
                                               folder_.In("cohort"), " --end-with-parent")));
  for (int i = 1; i <= 2; ++i) {
    EXPECT_THAT(lines[i],
                HasSubstr(absl::StrCat(" --dir ", run, "/worker-", i, " --checkpoint-dir ", run,
                                       "/resume --slots 2 --threads-per-slot 3")));
  }
}

TEST_F(RunTest, ARefusalSaysWhatMustChange) {
  const Outcome outcome = RunHere("refused");
  EXPECT_EQ(outcome.code, kExitData);
  EXPECT_EQ(outcome.error, "gyrus: BAD_DATA: sub-01.nii.gz: cut short\n");
  EXPECT_EQ(nlohmann::json::parse(Text("run/result.json"))["state"], "INVALID");
}

TEST_F(RunTest, ABadFileStartsNothing) {
  const Outcome outcome = RunHere("ages", {"--set", "train.epochs=-1"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.error, StartsWith("gyrus: --set train.epochs=-1"));
  EXPECT_FALSE(std::filesystem::exists(folder_.In("run")));
  EXPECT_THAT(Started(), IsEmpty());
}

TEST_F(RunTest, ARunFolderIsOfOneExperiment) {
  ASSERT_EQ(RunHere("ages").code, kExitSuccess);
  EXPECT_EQ(RunHere("ages").code, kExitSuccess);
  const Outcome outcome = RunHere("ages", {"--set", "train.epochs=7"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.error, HasSubstr("choose another --out"));
  EXPECT_THAT(outcome.error, HasSubstr("train.epochs: 2 there, 7 asked"));
}

TEST_F(RunTest, AFolderOfSomethingElseIsLeftAlone) {
  ASSERT_TRUE(MakeFolders(folder_.In("run")).ok());
  ASSERT_TRUE(WriteFileAtomically(folder_.In("run/thesis.tex"), "x").ok());
  EXPECT_EQ(RunHere("ages").code, kExitUsage);
  EXPECT_THAT(*ListFolder(folder_.In("run")), testing::ElementsAre("thesis.tex"));
}

TEST_F(RunTest, AFolderInUseIsLeftAlone) {
  ASSERT_EQ(RunHere("ages").code, kExitSuccess);
  const auto lock = FolderLock::Take(folder_.In("run/coordinator/lock"));
  ASSERT_TRUE(lock.ok()) << lock.status();
  const Outcome outcome = RunHere("ages", {"--stop-timeout", "50ms"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.error, HasSubstr("another run is in " + folder_.In("run")));
  EXPECT_TRUE(std::filesystem::exists(folder_.In("run/coordinator/address")));
}

TEST_F(RunTest, CtrlCStopsEverythingAndSaysHowToGoOn) {
  const std::string file = WriteExperiment(folder_.path(), "endless");
  Child child =
      Start({"run", file, "--out", folder_.In("run"), "--set", "arms={T1w: {channels: [T1w]}}"});
  Await("out", "RUNNING");
  child.Signal(SIGINT);
  const Outcome outcome = End(std::move(child));
  EXPECT_EQ(outcome.code, kExitInterrupted);
  // The line as it was given, which a shell reads as the same words.
  EXPECT_THAT(outcome.out,
              HasSubstr(absl::StrCat("stopping; to go on from here:\n  ", BinaryDir(),
                                     "/bin/gyrus run ", file, " --out ", folder_.In("run"),
                                     " --set 'arms={T1w: {channels: [T1w]}}' --bin ",
                                     folder_.In("bin"), " --cache ", folder_.In("cache"), "\n")));
  EXPECT_EQ(outcome.error, "");
  ExpectNothingLeft();
}

TEST_F(RunTest, CtrlCWhileProgramsStartStopsThem) {
  std::filesystem::remove(folder_.In("bin/gyrus-coordinator"));
  MakeProgram("gyrus-coordinator", kStandIn);  // Never serves.
  const std::string file = WriteExperiment(folder_.path(), "ages");
  Child child = Start({"run", file, "--out", folder_.In("run")});
  Await("started", "gyrus-coordinator");
  child.Signal(SIGTERM);
  EXPECT_EQ(End(std::move(child)).code, kExitInterrupted);
  ASSERT_EQ(Started().size(), 1);
  EXPECT_FALSE(IsAlive(ToPid(Started()[0])));
}

TEST_F(RunTest, ASecondCtrlCDoesNotWait) {
  // Deaf to SIGTERM, and to the end of its parent.
  MakeProgram("gyrus-worker", R"sh(#!/bin/sh
trap '' TERM
echo $$ worker >> "$GYRUS_TEST_STARTED"
while :; do sleep 0.01; done
)sh");
  const std::string file = WriteExperiment(folder_.path(), "endless");
  Child child = Start({"run", file, "--out", folder_.In("run"), "--workers", "1"});
  Await("out", "RUNNING");
  Await("started", "worker");
  const absl::Duration start = SystemClock().Monotonic();
  child.Signal(SIGINT);
  Await("out", "stopping");
  child.Signal(SIGINT);
  EXPECT_EQ(End(std::move(child)).code, kExitInterrupted);
  EXPECT_LT(SystemClock().Monotonic() - start, absl::Seconds(4));
  ExpectNothingLeft();
}

TEST_F(RunTest, TheProgramsEndWhenItIsKilled) {
  Child child = Start({"run", WriteExperiment(folder_.path(), "endless"), "--out",
                       folder_.In("run"), "--workers", "1"});
  Await("out", "RUNNING");
  Await("started", "gyrus-worker");
  child.Signal(SIGKILL);
  child.Wait();
  for (const int pid : Pids()) {
    while (IsAlive(pid)) usleep(2000);
  }
}

TEST_F(RunTest, AProgramThatDoesNotComeUpIsNamed) {
  MakeProgram("gyrus-dataloader", kFailing);
  const Outcome outcome = RunHere("endless");
  EXPECT_EQ(outcome.code, kExitData);
  EXPECT_EQ(outcome.error, "gyrus: gyrus-dataloader exited with 3: the disk is full\n");
  ExpectNothingLeft();
}

TEST_F(RunTest, AProgramThatIsNotThereIsNamed) {
  std::filesystem::remove(folder_.In("bin/gyrus-worker"));
  const Outcome outcome = RunHere("ages");
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.error, HasSubstr("gyrus-worker"));
  ExpectNothingLeft();
}

TEST_F(RunTest, AWorkerIsStartedAgainAFewTimes) {
  MakeProgram("gyrus-worker", kFailing);
  const Outcome outcome = RunHere("endless", {"--workers", "1"});
  EXPECT_EQ(outcome.code, kExitData);
  EXPECT_THAT(outcome.error, HasSubstr("after 3 restarts: worker-1 exited with 3"));
  EXPECT_THAT(outcome.out,
              HasSubstr("warning: worker-1 exited with 3: the disk is full; started again"));
  EXPECT_EQ(Started().size(), 1 + 4);  // And the loader.
}

TEST_F(RunTest, ACoordinatorThatDiesEndsTheRun) {
  const std::string file = WriteExperiment(folder_.path(), "endless");
  Child child = Start({"run", file, "--out", folder_.In("run")});
  Await("out", "RUNNING");
  kill(CoordinatorPid(), SIGKILL);
  const Outcome outcome = End(std::move(child));
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.error, HasSubstr("gyrus-coordinator killed by signal 9 (Killed)"));
  ExpectNothingLeft();
}

TEST_F(RunTest, PlanUsesProgramsOfItsOwnAndLeavesNothing) {
  ASSERT_TRUE(MakeFolders(folder_.In("tmp")).ok());
  const Outcome outcome = End(Start({"plan", WriteExperiment(folder_.path(), "ages"), "--json"}));
  EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["experiment"], "planned");
  EXPECT_THAT(*ListFolder(folder_.In("tmp")), IsEmpty());
  ASSERT_EQ(Started().size(), 1);
  EXPECT_THAT(Started()[0], HasSubstr("gyrus-dataloader"));
}

}  // namespace
}  // namespace gyrus::cli
