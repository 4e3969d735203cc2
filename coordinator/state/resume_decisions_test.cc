// Where a trial that was interrupted continues.
#include <string>

#include "coordinator/state/testing/state_fixture.h"
#include "gmock/gmock.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ResumeDecisionsTest : public StateFixture {
 protected:
  // Rank 0 of kTrialA's newest attempt reports a checkpoint.
  void WriteCheckpoint(uint32_t step) {
    v1::SpooledRecord record;
    record.mutable_rank()->set_experiment_id("e");
    record.mutable_rank()->set_trial_id(kTrialA);
    record.mutable_rank()->set_attempt(Trial(kTrialA).attempt);
    record.mutable_record()->mutable_checkpoint()->set_step(step);
    EXPECT_THAT(state_.DecideRecord(record).value(), IsEmpty());
  }
  void FailA(v1::ReasonCode code = v1::REASON_CODE_TRAINER_EXITED) {
    Keep(state_.Decide("e", FailAttempt{kTrialA, Trial(kTrialA).attempt, MakeReason(code)}));
    state_.MarkNotified();
  }
  static v1::HostCheckpoint Checkpoint(const std::string& trial, uint32_t step) {
    v1::HostCheckpoint checkpoint;
    checkpoint.set_experiment_id("e");
    checkpoint.set_trial_id(trial);
    checkpoint.set_attempt(1);
    checkpoint.set_step(step);
    return checkpoint;
  }
  std::string WorkerOf(const std::string& trial) { return Trial(trial).gang.front().worker_id(); }
  v1::ReasonCode WhyAWaits() { return state_.WaitingReason("e", kTrialA).code(); }
};

TEST_F(ResumeDecisionsTest, ATrialContinuesWhereItsCheckpointIs) {
  SubmitAndPlan();
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  ASSERT_EQ(WorkerOf(kTrialA), "b");
  WriteCheckpoint(120);
  // A worker that comes first in the alphabet, and has room.
  Hello("a", 4, link_);
  Keep(state_.DecideSchedule(kNow));
  FailA();
  Keep(state_.DecideSchedule(kNow));
  EXPECT_EQ(Trial(kTrialA).attempt, 2);
  EXPECT_EQ(WorkerOf(kTrialA), "b");
}

TEST_F(ResumeDecisionsTest, AHelloBringsTheCheckpointsOfAHost) {
  SubmitAndPlan();
  Hello("a", 2, link_);  // Both trials run here at first.
  Keep(state_.DecideSchedule(kNow));
  FailA();
  v1::Hello hello = HelloOf("z", 2, 1);
  *hello.add_checkpoints() = Checkpoint(kTrialA, 50);
  Keep(state_.DecideHello(hello, &newer_));
  Keep(state_.DecideSchedule(kNow));
  EXPECT_EQ(WorkerOf(kTrialA), "z");
  // Its next Hello replaces what it said before.
  FailA();
  Keep(state_.DecideHello(HelloOf("z", 2, 1), &newer_));
  Keep(state_.DecideSchedule(kNow));
  EXPECT_EQ(WorkerOf(kTrialA), "a");
}

TEST_F(ResumeDecisionsTest, ATrialWaitsForAMomentForTheOnlyWorkerWithItsCheckpoint) {
  SubmitAndPlan();
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  WriteCheckpoint(120);
  Hello("a", 1, link_);
  Keep(state_.DecideSchedule(kNow));
  state_.Disconnected("b", &newer_, kNow);
  FailA(v1::REASON_CODE_PEER_LOST);
  Keep(state_.Decide("e", FailAttempt{kTrialB, 1, MakeReason(v1::REASON_CODE_TRAINER_FAILED)}));
  state_.MarkNotified();
  // There is a free slot on "a", but the work that was done is on "b".
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Seconds(9))), IsEmpty());
  EXPECT_EQ(WhyAWaits(), v1::REASON_CODE_WAITING_FOR_CHECKPOINT);
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Seconds(10))), SizeIs(1));
  EXPECT_EQ(WorkerOf(kTrialA), "a");
}

TEST_F(ResumeDecisionsTest, AWorkerThatComesBackInTimeContinuesItsTrial) {
  SubmitAndPlan();
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  WriteCheckpoint(120);
  state_.Disconnected("b", &newer_, kNow);
  FailA(v1::REASON_CODE_PEER_LOST);
  Hello("a", 1, link_);
  Keep(state_.DecideSchedule(kNow));
  ASSERT_EQ(WhyAWaits(), v1::REASON_CODE_WAITING_FOR_CHECKPOINT);
  EXPECT_EQ(WorkerOf(kTrialB), "a") << "a trial on hold takes nobody's place";
  v1::Hello hello = HelloOf("b", 1, 2);
  *hello.add_checkpoints() = Checkpoint(kTrialA, 120);
  Keep(state_.DecideHello(hello, &newer_));
  Keep(state_.DecideSchedule(kNow + absl::Seconds(1)));
  EXPECT_EQ(WorkerOf(kTrialA), "b");
}

TEST_F(ResumeDecisionsTest, ACheckpointOnAnotherConnectedWorkerIsBetterThanWaiting) {
  SubmitAndPlan();
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  WriteCheckpoint(120);
  v1::Hello hello = HelloOf("a", 2, 1);
  *hello.add_checkpoints() = Checkpoint(kTrialA, 40);
  Keep(state_.DecideHello(hello, &link_));
  state_.Disconnected("b", &newer_, kNow);
  FailA(v1::REASON_CODE_PEER_LOST);
  Keep(state_.DecideSchedule(kNow));
  EXPECT_EQ(WorkerOf(kTrialA), "a");
}

// After a restart of the coordinator nothing is known of checkpoints, but the host
// that worked on the trial may have one.
TEST_F(ResumeDecisionsTest, AfterARestartATrialWaitsForTheWorkerThatWorkedOnIt) {
  SubmitAndPlan();
  Hello("b", 2, newer_);
  Keep(state_.DecideSchedule(kNow));
  FailA();
  CoordinatorState restarted;
  for (const v1::Event& event : all_) ASSERT_TRUE(restarted.Apply(event).ok());
  restarted.MarkNotified();
  restarted.Recovered(kNow);
  ASSERT_TRUE(restarted.DecideHello(HelloOf("a", 2, 1), &link_).ok());
  EXPECT_THAT(restarted.DecideSchedule(kNow + absl::Seconds(9)), IsEmpty());
  const auto events = restarted.DecideSchedule(kNow + absl::Seconds(10));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].attempt_started().gang(0).worker_id(), "a");
  // Had it come back without one, nobody would have waited for it.
  ASSERT_TRUE(restarted.DecideHello(HelloOf("b", 2, 1), &newer_).ok());
  EXPECT_THAT(restarted.DecideSchedule(kNow + absl::Seconds(1)), SizeIs(1));
}

TEST_F(ResumeDecisionsTest, CheckpointsOfEndedAndUnknownTrialsAreObsolete) {
  SubmitAndPlan();
  Hello("a", 2, link_);
  Keep(state_.DecideSchedule(kNow));
  WriteCheckpoint(7);
  Keep(state_.Decide("e", FinishRank{kTrialA, 1, 0, Finished(0)}));
  EXPECT_THAT(state_.ForgetCheckpoints("e", Trial(kTrialA).number), ElementsAre("a"));
  EXPECT_THAT(state_.ForgetCheckpoints("e", Trial(kTrialA).number), IsEmpty());
  v1::Hello hello = HelloOf("a", 2, 1);
  *hello.add_checkpoints() = Checkpoint(kTrialA, 7);
  *hello.add_checkpoints() = Checkpoint(kTrialA, 8);
  *hello.add_checkpoints() = Checkpoint(kTrialB, 7);
  *hello.add_checkpoints() = Checkpoint("no such trial", 7);
  std::vector<std::string> obsolete;
  for (const v1::ForgetTrial& forget : state_.ObsoleteCheckpoints(hello)) {
    obsolete.push_back(forget.trial_id());
  }
  EXPECT_THAT(obsolete, ElementsAre(kTrialA, "no such trial"));
}

}  // namespace
}  // namespace gyrus
