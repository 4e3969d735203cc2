// Faults that pass: a program that is away for a while, and disks that are full. None of
// them may cost an attempt or a trial, and the result has the bits of a run that nothing
// disturbed. Short here; --long takes the lengths that were met in practice.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "gmock/gmock.h"
#include "tests/cluster/separate_programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const std::vector<std::string> kTraining = {"--set", "train.epochs=60", "--set", "split.kfold.k=2"};

// A reason of this kind for which a running trial waits. Null: there is none.
Json WaitOf(const Json& view, const std::string& code) {
  for (const Json& trial : view["trials"]) {
    if (!trial.contains("progress") || !trial["progress"].contains("waiting")) continue;
    if (trial["progress"]["waiting"]["code"] == code) return trial["progress"]["waiting"];
  }
  return nullptr;
}

class PassingFaultsTest : public SeparateProgramsTest {
 protected:
  void SetUp() override {
    MakeCohort();
    const Ran undisturbed = RunExperiment("undisturbed", kTraining);
    ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
    expected_ = DigestsOf(JsonOf(undisturbed));
  }
  void ExpectTheUndisturbedResult() {
    EXPECT_EQ(DigestsOf(AwaitResult()), expected_);
    EXPECT_TRUE(NoAttemptWasLost(Show())) << Show().dump(1);
  }
  // Writes to the mounted folder until nothing fits.
  void FillUp(const std::string& folder) const {
    for (int i = 0; i < 10000; ++i) {
      const std::string file = In(absl::StrCat(folder, "/ballast-", i));
      if (!WriteFileAtomically(file, std::string(4096, 'x')).ok()) return;
    }
    FAIL() << "there is still room";
  }

  std::vector<std::vector<std::string>> expected_;
};

// Every running attempt was lost 11 s after a coordinator came back that had been away
// for 15 s: workers tried to reach it after longer and longer pauses.
TEST_F(PassingFaultsTest, ACoordinatorThatIsAwayCostsNothing) {
  for (const absl::Duration length :
       {FaultLength(absl::Seconds(4), absl::Seconds(15)), FaultLength({}, absl::Seconds(60))}) {
    if (length == absl::ZeroDuration()) break;
    SCOPED_TRACE(length);
    StartAll();
    SubmitExperiment(kTraining);
    AwaitSteps();
    KillProgram("coordinator");
    absl::SleepFor(length);
    StartCoordinator();
    ExpectTheUndisturbedResult();
    for (const char* const program : {"worker-1", "loader", "coordinator"}) KillProgram(program);
    ASSERT_TRUE(RemoveAll(In("run")).ok());
  }
}

// An attempt was lost after 75 s, and the trial failed for good after 185 s.
TEST_F(PassingFaultsTest, ALoaderThatIsAwayIsWaitedForWithAReason) {
  for (const absl::Duration length :
       {FaultLength(absl::Seconds(1), absl::Seconds(75)), FaultLength({}, absl::Seconds(240))}) {
    if (length == absl::ZeroDuration()) break;
    SCOPED_TRACE(length);
    StartAll();
    SubmitExperiment(kTraining);
    AwaitSteps();
    KillProgram("loader");
    const Json waiting =
        AwaitView([](const Json& view) { return !WaitOf(view, "LOADER_LOST").is_null(); });
    EXPECT_THAT(WaitOf(waiting, "LOADER_LOST")["message"].get<std::string>(),
                HasSubstr("from the loader at"));
    absl::SleepFor(length);
    StartLoader();
    ExpectTheUndisturbedResult();
    for (const char* const program : {"worker-1", "loader", "coordinator"}) KillProgram(program);
    ASSERT_TRUE(RemoveAll(In("run")).ok());
  }
}

// A gang: the ranks that have their volumes wait for the one that has not.
TEST_F(PassingFaultsTest, AGangWaitsForItsLoaderTogether) {
  StartAll();
  StartWorker("worker-2");
  std::vector<std::string> changes = kTraining;
  changes.insert(changes.end(), {"--set", "resources.slots_per_trial=2"});
  SubmitExperiment(changes);
  AwaitSteps();
  KillProgram("loader");
  AwaitView([](const Json& view) { return !WaitOf(view, "LOADER_LOST").is_null(); });
  absl::SleepFor(FaultLength(absl::ZeroDuration(), absl::Seconds(240)));
  StartLoader();
  const Json result = AwaitResult();
  ASSERT_EQ(DigestsOf(result).size(), expected_.size());
  for (size_t i = 0; i < expected_.size(); ++i) {
    EXPECT_EQ(DigestsOf(result)[i][0], expected_[i][0]);
    EXPECT_EQ(DigestsOf(result)[i][1], expected_[i][1]);
  }
  EXPECT_TRUE(NoAttemptWasLost(Show())) << Show().dump(1);
}

// A finished training failed for good, and its spool was deleted.
TEST_F(PassingFaultsTest, AVaultThatIsFullIsWaitedFor) {
  StartCoordinator();
  KillProgram("coordinator");
  if (!Mount("run/vault", "64k")) GTEST_SKIP() << "a small disk needs root";
  StartAll();
  SubmitExperiment(kTraining);
  const Json waiting =
      AwaitView([](const Json& view) { return !WaitOf(view, "ENVIRONMENT").is_null(); });
  EXPECT_THAT(WaitOf(waiting, "ENVIRONMENT")["message"].get<std::string>(),
              HasSubstr("No space left on device"));
  Resize("run/vault", "64m");
  ExpectTheUndisturbedResult();
}

// Five of six trials failed for good in 3.5 s.
TEST_F(PassingFaultsTest, AWorkerWhoseDiskIsFullRestsAndTheOthersGoOn) {
  if (!Mount("full", "256k")) GTEST_SKIP() << "a small disk needs root";
  StartCoordinator();
  StartLoader();
  StartWorker("full");
  // Alone, so that every trial begins there.
  SubmitExperiment(kTraining);
  AwaitSteps();
  FillUp("full");
  const Json resting = AwaitView([](const Json& view) { return view.contains("resting"); });
  EXPECT_THAT(
      resting["resting"][0]["reason"]["message"].get<std::string>(),
      AllOf(HasSubstr("trials in a row failed on it"), HasSubstr("No space left on device")));
  EXPECT_EQ(resting["state"], "RUNNING");
  StartWorker("worker-1");
  EXPECT_EQ(DigestsOf(AwaitResult()), expected_);
}

// The cache of `gyrus run` on one machine: the run says what is wrong and ends, and the
// same command goes on. (cases/26-disk-full)
TEST_F(PassingFaultsTest, ARunWhoseCacheIsFullEndsWithTheReasonAndGoesOnLater) {
  if (!Mount("small", "64k")) GTEST_SKIP() << "a small disk needs root";
  Put("tiny.yaml", Experiment());
  std::vector<std::string> arguments = {
      ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out", In("out"), "--cache", In("small"),
      "--hold-timeout",     "4s",  "--json"};
  arguments.insert(arguments.end(), kTraining.begin(), kTraining.end());
  const Ran held = RunProgram(arguments);
  EXPECT_EQ(held.exit_code, 4) << held.out << held.err;
  EXPECT_THAT(held.err, AllOf(HasSubstr("--hold-timeout"), HasSubstr("No space left on device"),
                              HasSubstr("goes on from here")));
  Resize("small", "64m");
  const Ran later = RunProgram(arguments);
  EXPECT_EQ(later.exit_code, 0) << later.err;
  EXPECT_EQ(DigestsOf(JsonOf(later)), expected_);
}

}  // namespace
}  // namespace gyrus
