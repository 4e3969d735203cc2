#include "coordinator/runtime/artifact_linker.h"

#include <map>
#include <set>
#include <utility>

#include "absl/synchronization/notification.h"
#include "common/digest.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Keeps names in memory. Thread-compatible: the linker has one strand.
class FakeTarget final : public LinkTarget {
 public:
  absl::Status Link(const std::string& sha256, const std::string& path) override {
    may_go_on.WaitForNotification();
    if (full) return absl::ResourceExhaustedError("the disk is full");
    names[path] = sha256;
    ++links;
    return absl::OkStatus();
  }
  absl::Status Write(const std::string& content, const std::string& path) override {
    may_go_on.WaitForNotification();
    if (full) return absl::ResourceExhaustedError("the disk is full");
    written[path] = content;
    return absl::OkStatus();
  }
  absl::Status Sync(const std::string& folder) override {
    ++syncs[folder];
    return absl::OkStatus();
  }
  bool Exists(const std::string& path) const override {
    return names.contains(path) || written.contains(path);
  }

  std::map<std::string, std::string> names;
  std::map<std::string, std::string> written;
  std::map<std::string, int> syncs;  // By folder.
  int links = 0;
  bool full = false;
  absl::Notification may_go_on;
};

class ArtifactLinkerTest : public testing::Test {
 protected:
  ArtifactLinkerTest() {
    Do(Submit{"request", MakeSpec(2)});
    Do(AdoptPlan{TwoTrials()});
  }
  void Do(const Command& command) {
    const auto events = machine_.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine_.Apply(event).ok());
  }
  void Train(const std::string& trial) {
    Do(StartAttempt{trial, Gang(1), "cpu"});
    Do(FinishRank{trial, machine_.FindTrial(trial)->attempt, 0, Finished(0, trial)});
  }
  std::shared_ptr<const ExperimentMachine> Snapshot() const {
    return std::make_shared<const ExperimentMachine>(machine_);
  }
  void Finish() {
    if (!target_.may_go_on.HasBeenNotified()) target_.may_go_on.Notify();
    absl::Notification done;
    strand_.Run([&done] { done.Notify(); });
    done.WaitForNotification();
  }

  ExperimentMachine machine_{"e"};
  FakeTarget target_;
  Executor strand_{1};
  ArtifactLinker linker_{"run", target_, strand_};
};

TEST_F(ArtifactLinkerTest, NamesWhatATrialLeft) {
  Train(kTrialA);
  linker_.Add(Snapshot(), 0);
  Finish();
  std::vector<std::string> paths;
  for (const auto& [path, sha256] : target_.names) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("run/checkpoints/T1w/r0-f0/checkpoint.pb",
                                 "run/checkpoints/T1w/r0-f0/weights.safetensors",
                                 "run/predictions/T1w/r0-f0.tsv"));
  EXPECT_EQ(target_.names["run/predictions/T1w/r0-f0.tsv"],
            Finished(0, kTrialA).artifacts(2).sha256());
  ASSERT_THAT(target_.written, SizeIs(1));
  EXPECT_EQ(target_.written.begin()->first, "run/checkpoints/T1w/r0-f0/model.json");
  EXPECT_THAT(target_.written.begin()->second, testing::HasSubstr("\"scale\": "));
}

TEST_F(ArtifactLinkerTest, TrialsThatEndTogetherShareTheSyncsOfTheirFolders) {
  Train(kTrialA);
  linker_.Add(Snapshot(), 0);
  Train(kTrialB);
  linker_.Add(Snapshot(), 1);
  linker_.Add(Snapshot(), 1);
  Finish();
  EXPECT_LE(target_.syncs["run/predictions/T1w"], 2) << "a batch may have begun with the first";
  EXPECT_EQ(target_.syncs["run/checkpoints/T1w/r0-f1"], 1);
}

TEST_F(ArtifactLinkerTest, WhatCannotBeNamedIsTriedAgainWithTheNext) {
  target_.full = true;
  Train(kTrialA);
  linker_.Add(Snapshot(), 0);
  Finish();
  EXPECT_EQ(linker_.failures(), 1);
  target_.full = false;
  Train(kTrialB);
  linker_.Add(Snapshot(), 1);
  Finish();
  EXPECT_THAT(target_.names, SizeIs(6));
  EXPECT_EQ(linker_.failures(), 0);
}

TEST_F(ArtifactLinkerTest, AfterARestartOnlyWhatIsMissingIsNamed) {
  Train(kTrialA);
  target_.names["run/predictions/T1w/r0-f0.tsv"] = "";
  linker_.AddMissing(Snapshot());
  Finish();
  EXPECT_EQ(target_.links, 2);
  linker_.AddMissing(Snapshot());
  Finish();
  EXPECT_EQ(target_.links, 2);
  EXPECT_EQ(target_.syncs["run/checkpoints/T1w/r0-f0"], 1);
}

TEST_F(ArtifactLinkerTest, ATrialThatFailedLeavesItsLastFiniteWeights) {
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  const v1::TrainerFinished had = Finished(0);
  Do(FailAttempt{kTrialA,
                 1,
                 MakeReason(v1::REASON_CODE_TRAINER_FAILED),
                 {had.artifacts(0), had.artifacts(1)}});
  linker_.Add(Snapshot(), 0);
  linker_.Add(Snapshot(), 1);  // It left nothing.
  Finish();
  EXPECT_THAT(target_.names, SizeIs(2));
  EXPECT_TRUE(target_.names.contains("run/failed/T1w/r0-f0/weights.safetensors"));
}

}  // namespace
}  // namespace gyrus
