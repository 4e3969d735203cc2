#include "coordinator/state/coordinator_state.h"

#include <string>

#include "coordinator/state/testing/state_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class CoordinatorStateTest : public StateFixture {};

TEST_F(CoordinatorStateTest, ASlotIsGivenOnceOverAllExperiments) {
  SubmitAndPlan("e");
  SubmitAndPlan("f");
  Hello("a", 3, link_);
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), SizeIs(3));
  EXPECT_THAT(state_.occupied().SlotsOn("a"), UnorderedElementsAre(0, 1, 2));
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), IsEmpty());
  EXPECT_EQ(state_.WaitingReason("f", kTrialB).code(), v1::REASON_CODE_WAITING_FOR_SLOTS);
  Keep(state_.Decide("e", FailAttempt{kTrialA, 1, MakeReason(v1::REASON_CODE_TRAINER_FAILED)}));
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), IsEmpty()) << "its gang was not told to stop";
  state_.MarkNotified();
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), SizeIs(1));
  EXPECT_EQ(Trial(kTrialB, "f").gang[0].slot(), Trial(kTrialA, "e").gang[0].slot());
}

TEST_F(CoordinatorStateTest, AWorkerThatIsAwayGetsNothingAndKeepsWhatItHasUntilItIsLost) {
  SubmitAndPlan();
  Hello("a", 1, link_);
  Keep(state_.DecideSchedule(kNow));
  state_.Disconnected("a", &link_, absl::Seconds(100));
  EXPECT_THAT(Keep(state_.DecideLost(absl::Seconds(159))), IsEmpty());
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), IsEmpty());
  EXPECT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_RUNNING);
  EXPECT_THAT(Keep(state_.DecideLost(absl::Seconds(160))), SizeIs(1));
  EXPECT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(Trial(kTrialA).reason.code(), v1::REASON_CODE_PEER_LOST);
  EXPECT_THAT(Keep(state_.DecideLost(absl::Seconds(500))), IsEmpty());
}

TEST_F(CoordinatorStateTest, AGangOfTwoLostWorkersFailsOnce) {
  SubmitAndPlan("e", 2);
  Hello("a", 1, link_);
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  ASSERT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_RUNNING);
  state_.Disconnected("a", &link_, absl::Seconds(1));
  state_.Disconnected("b", &newer_, absl::Seconds(1));
  EXPECT_THAT(Keep(state_.DecideLost(absl::Seconds(100))), SizeIs(1));
  EXPECT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_PENDING);
}

// Each loss is decided upon what the one before it has left, and none counts against
// its trial.
TEST_F(CoordinatorStateTest, TwoTrialsLostAtOnceAreBothTriedAgain) {
  SubmitAndPlan();
  for (uint64_t incarnation = 1; incarnation <= 5; ++incarnation) {
    const absl::Duration now = kNow + absl::Minutes(10) * incarnation;
    Hello("a", 2, link_, incarnation);
    state_.MarkNotified();
    EXPECT_THAT(Keep(state_.DecideSchedule(now)), SizeIs(2));
    state_.Disconnected("a", &link_, now);
    EXPECT_THAT(Keep(state_.DecideLost(now + absl::Seconds(60))), SizeIs(2));
    state_.RefreshWaiting(now + absl::Seconds(60));  // As after each commit.
  }
  EXPECT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(Trial(kTrialB).state, v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(state_.Find("e")->state(), v1::EXPERIMENT_STATE_RUNNING);
}

TEST_F(CoordinatorStateTest, ExperimentsOfOneRunFolderHaveFilesOfTheirOwn) {
  SubmitAndPlan("e");
  SubmitAndPlan("f");
  EXPECT_EQ(state_.Find("e")->folder(), "");
  EXPECT_EQ(state_.Find("f")->folder(), "experiments/f");
}

TEST_F(CoordinatorStateTest, AWorkerThatIsHereIsNeverLost) {
  SubmitAndPlan();
  Hello("a", 1, link_);
  Keep(state_.DecideSchedule(kNow));
  state_.Disconnected("a", &link_, absl::Seconds(100));
  Hello("a", 1, newer_);
  EXPECT_THAT(Keep(state_.DecideLost(absl::Hours(100))), IsEmpty());
}

TEST_F(CoordinatorStateTest, OnlyTheEndOfItsNewestLinkTakesAWorkerAway) {
  Hello("a", 1, link_);
  Hello("a", 1, newer_);
  state_.Disconnected("a", &link_, absl::Seconds(1));
  EXPECT_TRUE(state_.workers().at("a").connected());
  state_.Disconnected("a", &newer_, absl::Seconds(1));
  EXPECT_FALSE(state_.workers().at("a").connected());
  state_.Disconnected("nobody", &link_, absl::Seconds(1));
  EXPECT_FALSE(state_.workers().contains("nobody"));
}

TEST_F(CoordinatorStateTest, AnOlderIncarnationIsRefusedAndANewerEndsItsAttempts) {
  SubmitAndPlan();
  Hello("a", 1, link_, 2);
  Keep(state_.DecideSchedule(kNow));
  EXPECT_EQ(state_.DecideHello(HelloOf("a", 1, 1), &newer_).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_THAT(Hello("a", 1, newer_, 2), IsEmpty()) << "the same one, on a new link";
  EXPECT_THAT(Hello("a", 1, newer_, 3), SizeIs(1));
  EXPECT_EQ(Trial(kTrialA).reason.code(), v1::REASON_CODE_WORKER_RESTARTED);
  EXPECT_EQ(Trial(kTrialA).failures, 0);
}

// After a restart nothing is known of workers; those with attempts get a while
// to say Hello, counted from the first look.
TEST_F(CoordinatorStateTest, AfterARestartAWorkerHasAWindowToComeBack) {
  SubmitAndPlan();
  Hello("a", 1, link_);
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  CoordinatorState restarted;
  for (const v1::Event& event : all_) ASSERT_TRUE(restarted.Apply(event).ok());
  const absl::Duration start = absl::Hours(3);
  EXPECT_THAT(restarted.DecideLost(start), IsEmpty());
  ASSERT_TRUE(restarted.DecideHello(HelloOf("a", 1, 1), &link_).ok());
  EXPECT_THAT(restarted.DecideLost(start + absl::Seconds(9)), IsEmpty());
  const auto events = restarted.DecideLost(start + absl::Seconds(10));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].attempt_failed().trial_id(), kTrialB);
}

TEST_F(CoordinatorStateTest, ARecordIsOnlyOfTheAttemptThatRuns) {
  SubmitAndPlan();
  Hello("a", 1, link_);
  Keep(state_.DecideSchedule(kNow));
  v1::SpooledRecord record;
  record.mutable_rank()->set_experiment_id("e");
  record.mutable_rank()->set_trial_id(kTrialA);
  record.mutable_rank()->set_attempt(1);
  record.mutable_record()->mutable_steps();
  EXPECT_TRUE(state_.DecideRecord(record).ok());
  for (const uint32_t attempt : {0, 2}) {
    v1::SpooledRecord other = record;
    other.mutable_rank()->set_attempt(attempt);
    EXPECT_EQ(state_.DecideRecord(other).status().code(), absl::StatusCode::kAborted) << attempt;
  }
  for (const char* trial : {kTrialB, "no such trial"}) {
    v1::SpooledRecord other = record;
    other.mutable_rank()->set_trial_id(trial);
    EXPECT_EQ(state_.DecideRecord(other).status().code(), absl::StatusCode::kAborted) << trial;
  }
  record.mutable_rank()->set_experiment_id("no such experiment");
  EXPECT_EQ(state_.DecideRecord(record).status().code(), absl::StatusCode::kAborted);
}

}  // namespace
}  // namespace gyrus
