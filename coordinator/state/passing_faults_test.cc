#include "coordinator/state/passing_faults.h"

#include <string>

#include "coordinator/state/testing/state_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Pauses kPauses = {absl::Seconds(1), absl::Seconds(5)};
const v1::Reason kFull = MakeReason(v1::REASON_CODE_ENVIRONMENT, "no space left");

TEST(HeldTrialsTest, PausesGrowUpToTheLongestUntilThereIsProgress) {
  const TrialKey trial{"e", 3};
  HeldTrials held(kPauses);
  absl::Duration now = kNow;
  for (const int seconds : {1, 2, 4, 5, 5}) {
    held.AddFault(trial, kFull, now);
    ASSERT_TRUE(held.ReasonOf(trial, now + absl::Seconds(seconds - 0.1)).has_value()) << seconds;
    EXPECT_THAT(held.ReasonOf(trial, now)->message(),
                HasSubstr(absl::StrCat("no space left; tried again after ", seconds, "s")));
    now += absl::Seconds(seconds);
    EXPECT_FALSE(held.ReasonOf(trial, now).has_value());
  }
  held.Remove(trial);
  held.AddFault(trial, kFull, now);
  EXPECT_FALSE(held.ReasonOf(trial, now + absl::Seconds(1)).has_value());
}

TEST(HeldTrialsTest, WhatIsOverWhenItIsSeenIsFollowedByAnAttemptAtOnce) {
  const TrialKey trial{"e", 3};
  HeldTrials held(kPauses);
  for (int i = 0; i < 5; ++i) {
    held.AddFault(trial, MakeReason(v1::REASON_CODE_WORKER_RESTARTED), kNow);
    held.AddFault(trial, MakeReason(v1::REASON_CODE_COORDINATOR_RESTARTED), kNow);
    EXPECT_FALSE(held.ReasonOf(trial, kNow).has_value());
  }
  held.AddFault(trial, MakeReason(v1::REASON_CODE_PEER_LOST), kNow);
  EXPECT_FALSE(held.ReasonOf(trial, kNow).has_value());
  held.AddFault(trial, MakeReason(v1::REASON_CODE_PEER_LOST), kNow);
  EXPECT_TRUE(held.ReasonOf(trial, kNow).has_value());
}

TEST(RestingWorkersTest, RestsGrowUntilSomethingSucceeds) {
  RestingWorkers resting(3, kPauses);
  absl::Duration now = kNow;
  uint32_t trial = 0;
  const auto fail = [&] { resting.AddFault("a", {"e", ++trial}, kFull, now); };
  fail();
  fail();
  EXPECT_FALSE(resting.ReasonOf("a", now).has_value());
  for (const int seconds : {1, 2, 4, 5}) {
    fail();
    fail();  // Another attempt that ran there when the rest began.
    ASSERT_TRUE(resting.ReasonOf("a", now).has_value());
    EXPECT_THAT(resting.ReasonOf("a", now)->message(),
                testing::AllOf(HasSubstr(absl::StrCat("rests for ", seconds, "s")),
                               HasSubstr("no space left")));
    now += absl::Seconds(seconds);
    EXPECT_FALSE(resting.ReasonOf("a", now).has_value());
  }
  resting.Remove("a");
  fail();
  EXPECT_FALSE(resting.ReasonOf("a", now).has_value());
}

TEST(RestingWorkersTest, OnlyFaultsOfTheHostCount) {
  RestingWorkers resting(1, kPauses);
  for (const auto code : {v1::REASON_CODE_LOADER_LOST, v1::REASON_CODE_PEER_LOST,
                          v1::REASON_CODE_WORKER_RESTARTED, v1::REASON_CODE_TRAINER_FAILED}) {
    resting.AddFault("a", {"e", 1}, MakeReason(code), kNow);
  }
  resting.AddFault("", {"e", 1}, kFull, kNow);
  EXPECT_FALSE(resting.ReasonOf("a", kNow).has_value());
  EXPECT_FALSE(resting.ReasonOf("", kNow).has_value());
}

TEST(RestingWorkersTest, OneTrialAloneIsNotTheHostsFault) {
  RestingWorkers resting(2, kPauses);
  for (int i = 0; i < 5; ++i) resting.AddFault("a", {"e", 1}, kFull, kNow);
  EXPECT_FALSE(resting.ReasonOf("a", kNow).has_value());
  resting.AddFault("a", {"e", 2}, kFull, kNow);
  EXPECT_TRUE(resting.ReasonOf("a", kNow).has_value());
}

class PassingFaultsTest : public StateFixture {
 protected:
  std::string WorkerOf(const std::string& trial) { return Trial(trial).gang.front().worker_id(); }
  // Rank 0 of the trial's newest attempt reports that it failed.
  void FailRank(const std::string& trial, const v1::Reason& reason = kFull,
                absl::Duration now = kNow) {
    v1::SpooledRecord record;
    record.mutable_rank()->set_experiment_id("e");
    record.mutable_rank()->set_trial_id(trial);
    record.mutable_rank()->set_attempt(Trial(trial).attempt);
    *record.mutable_record()->mutable_failed() = reason;
    Keep(state_.DecideRecord(record));
    state_.MarkNotified();
    state_.RefreshWaiting(now);
  }
  // The only slot is given to one trial after the other, and each fails at once. Returns
  // the time of the third failure.
  absl::Duration FailThreeInARow() {
    absl::Duration now = kNow;
    for (const char* const trial : {kTrialA, kTrialB, kTrialA}) {
      EXPECT_THAT(Keep(state_.DecideSchedule(now)), SizeIs(1));
      EXPECT_EQ(Trial(trial).state, v1::TRIAL_STATE_RUNNING) << trial;
      FailRank(trial, kFull, now);
      now += absl::Milliseconds(500);
    }
    return now - absl::Milliseconds(500);
  }
  v1::Reason WhyWaits(const std::string& trial) { return state_.WaitingReason("e", trial); }
};

TEST_F(PassingFaultsTest, ATrialThatTheEnvironmentStoppedIsHeldWithItsReasonAndTriedAgain) {
  SubmitAndPlan();
  Hello("a", 2, link_);
  Keep(state_.DecideSchedule(kNow));
  FailRank(kTrialA);
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), IsEmpty());
  EXPECT_EQ(WhyWaits(kTrialA).code(), v1::REASON_CODE_ENVIRONMENT);
  EXPECT_THAT(WhyWaits(kTrialA).message(), HasSubstr("no space left; tried again after 1s"));
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Seconds(1))), SizeIs(1));
  EXPECT_EQ(Trial(kTrialA).attempt, 2);
  EXPECT_EQ(Trial(kTrialA).failures, 0);
}

// The fault of the issue: five of six trials failed for good in 3.5 s.
TEST_F(PassingFaultsTest, AHostThatFailsRestsAndTheOthersGoOn) {
  SubmitAndPlan();
  Hello("bad", 1, link_);
  const absl::Duration now = FailThreeInARow();
  EXPECT_THAT(Keep(state_.DecideSchedule(now)), IsEmpty());
  ASSERT_TRUE(state_.waiting().resting.contains("bad"));
  EXPECT_THAT(state_.waiting().resting.at("bad").message(), HasSubstr("rests for 10s"));
  // Once the trials themselves are held no longer, they wait for the worker.
  EXPECT_THAT(Keep(state_.DecideSchedule(now + absl::Seconds(9))), IsEmpty());
  EXPECT_THAT(WhyWaits(kTrialA).message(), HasSubstr("worker bad rests"));
  Hello("good", 2, newer_);
  EXPECT_THAT(Keep(state_.DecideSchedule(now + absl::Seconds(9))), SizeIs(2));
  EXPECT_EQ(WorkerOf(kTrialA), "good");
  EXPECT_EQ(WorkerOf(kTrialB), "good");
  Keep(state_.DecideSchedule(now + absl::Seconds(10)));
  EXPECT_THAT(state_.waiting().resting, IsEmpty());
}

TEST_F(PassingFaultsTest, AWorkerThatIsStartedAgainRestsNoLonger) {
  SubmitAndPlan();
  Hello("a", 1, link_);
  const absl::Duration now = FailThreeInARow() + absl::Seconds(2);
  EXPECT_THAT(Keep(state_.DecideSchedule(now)), IsEmpty());
  Hello("a", 1, newer_, 2);
  EXPECT_THAT(Keep(state_.DecideSchedule(now)), SizeIs(1));
}

TEST_F(PassingFaultsTest, AnExitCountsForTheWorkerOfItsRank) {
  SubmitAndPlan("e", 2);
  Hello("a", 1, link_);
  Hello("b", 1, newer_);
  Keep(state_.DecideSchedule(kNow));
  v1::RankExited exited;
  exited.mutable_rank()->set_experiment_id("e");
  exited.mutable_rank()->set_trial_id(kTrialA);
  exited.mutable_rank()->set_attempt(1);
  exited.mutable_rank()->set_rank(1);
  *exited.mutable_reason() = kFull;
  const auto events = Keep(state_.DecideExit(exited));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].attempt_failed().worker_id(), Trial(kTrialA).gang[1].worker_id());
}

TEST_F(PassingFaultsTest, WhatAnOperatorOpensStartsAgain) {
  SubmitAndPlan();
  Hello("a", 2, link_);
  Keep(state_.DecideSchedule(kNow));
  FailRank(kTrialA, MakeReason(v1::REASON_CODE_TRAINER_FAILED));
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Hours(1))), IsEmpty());
  Keep(state_.Decide("e", RetryTrials{}));
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Hours(1))), SizeIs(1));
  EXPECT_EQ(Trial(kTrialA).attempt, 2);
}

// A restart of the coordinator ends every pause.
TEST_F(PassingFaultsTest, NothingIsHeldAfterARestart) {
  SubmitAndPlan();
  Hello("a", 2, link_);
  Keep(state_.DecideSchedule(kNow));
  FailRank(kTrialA);
  CoordinatorState restarted;
  for (const v1::Event& event : all_) ASSERT_TRUE(restarted.Apply(event).ok());
  restarted.MarkNotified();
  restarted.Recovered(kNow);
  ASSERT_TRUE(restarted.DecideHello(HelloOf("a", 2, 2), &link_).ok());
  EXPECT_FALSE(restarted.DecideSchedule(kNow).empty());
}

}  // namespace
}  // namespace gyrus
