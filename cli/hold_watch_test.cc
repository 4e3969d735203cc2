#include "cli/hold_watch.h"

#include <string>

#include "cli/testing/view_fixture.h"
#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;

class HoldWatchTest : public testing::Test {
 protected:
  // One trial that waits for the disk, and one that waits for its place.
  static v1::ExperimentView HeldView() {
    v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_RUNNING);
    v1::TrialView& trial = AddTrial("T1w/train/r0/f0/s1", v1::TRIAL_STATE_RUNNING, view);
    SetProgress(0, 3, 0, trial);
    *trial.mutable_progress()->mutable_waiting() =
        MakeReason(v1::REASON_CODE_ENVIRONMENT, "No space left on device");
    *AddTrial("T1w/train/r0/f1/s1", v1::TRIAL_STATE_PENDING, view).mutable_reason() =
        MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "free are 0");
    return view;
  }

  FakeClock clock_;
  HoldWatch watch_{absl::Minutes(1), clock_};
};

TEST_F(HoldWatchTest, ARunThatIsHeldForTooLongIsStoppedWithTheReason) {
  watch_.Show(HeldView());
  clock_.Advance(absl::Seconds(59));
  EXPECT_TRUE(watch_.Check().ok());
  clock_.Advance(absl::Seconds(1));
  const absl::Status status = watch_.Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(HasSubstr("1m (--hold-timeout)"), HasSubstr("No space left")));
}

TEST_F(HoldWatchTest, AnAttemptThatFailsAgainIsNoProgress) {
  watch_.Show(HeldView());
  clock_.Advance(absl::Seconds(50));
  v1::ExperimentView starts = HeldView();
  starts.mutable_trials(0)->mutable_progress()->clear_waiting();
  starts.mutable_trials(0)->mutable_progress()->set_step(0);
  watch_.Show(starts);
  watch_.Show(HeldView());
  clock_.Advance(absl::Seconds(10));
  EXPECT_FALSE(watch_.Check().ok());
}

TEST_F(HoldWatchTest, AStepIsProgress) {
  watch_.Show(HeldView());
  clock_.Advance(absl::Seconds(50));
  v1::ExperimentView goes_on = HeldView();
  goes_on.mutable_trials(0)->mutable_progress()->clear_waiting();
  goes_on.mutable_trials(0)->mutable_progress()->set_step(4);
  watch_.Show(goes_on);
  clock_.Advance(absl::Hours(1));
  EXPECT_TRUE(watch_.Check().ok());
}

TEST_F(HoldWatchTest, WhatIsOnlySlowIsNotHeld) {
  v1::ExperimentView view = MakeRunningView();
  *view.mutable_trials(3)->mutable_reason() =
      MakeReason(v1::REASON_CODE_ENVIRONMENT, "No space left on device");
  watch_.Show(view);
  clock_.Advance(absl::Hours(1));
  EXPECT_TRUE(watch_.Check().ok()) << "others go on";
}

TEST_F(HoldWatchTest, AnExperimentThatCannotBePlannedYetIsHeld) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_ADMITTING);
  *view.mutable_admission()->mutable_waiting() =
      MakeReason(v1::REASON_CODE_LOADER_LOST, "no data loader answers");
  watch_.Show(view);
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(std::string(watch_.Check().message()), HasSubstr("no data loader answers"));
}

}  // namespace
}  // namespace gyrus::cli
