#include "cli/plain_view.h"

#include "cli/testing/view_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PlainViewTest, BeginsWithWhereThingsStand) {
  EXPECT_THAT(ChangeLines(nullptr, MakeRunningView()),
              ElementsAre("neonates (k3vab2cd): RUNNING, 1 of 4 trials done",
                          "T1w/train/r0/f1/s1: started on worker-1",
                          "RI/train/r0/f0/s1: started on worker-1"));
}

TEST(PlainViewTest, WhatDidNotChangeIsNotSaidAgain) {
  const v1::ExperimentView view = MakeRunningView();
  EXPECT_THAT(ChangeLines(&view, view), IsEmpty());
  v1::ExperimentView next = view;
  next.mutable_trials(1)->mutable_progress()->set_step(11);
  EXPECT_THAT(ChangeLines(&view, next), IsEmpty());
}

TEST(PlainViewTest, SaysEachEpochThatIsThrough) {
  const v1::ExperimentView before = MakeRunningView();
  v1::ExperimentView now = before;
  now.mutable_trials(1)->mutable_progress()->set_epoch(3);
  EXPECT_THAT(
      ChangeLines(&before, now),
      ElementsAre("T1w/train/r0/f1/s1: epoch 3/10, loss 45.2, validation 51, 6.125 items/s"));
  // The progress of a trial that is done still speaks of its last epoch.
  now = before;
  now.mutable_trials(1)->mutable_progress()->set_epoch(9);
  v1::ExperimentView done = now;
  done.mutable_trials(1)->set_state(v1::TRIAL_STATE_DONE);
  EXPECT_THAT(
      ChangeLines(&now, done),
      ElementsAre("T1w/train/r0/f1/s1: epoch 10/10, loss 45.2, validation 51, 6.125 items/s",
                  "T1w/train/r0/f1/s1: DONE"));
}

TEST(PlainViewTest, SaysImagesByTheQuarter) {
  v1::ExperimentView before = MakeView(v1::EXPERIMENT_STATE_ADMITTING);
  v1::ExperimentView now = before;
  const auto read = [&](uint32_t images) {
    before = now;
    now.mutable_admission()->set_images_total(100);
    now.mutable_admission()->set_images_read(images);
    return ChangeLines(&before, now);
  };
  EXPECT_THAT(read(24), IsEmpty());
  EXPECT_THAT(read(25), ElementsAre("images read: 25 of 100"));
  EXPECT_THAT(read(49), IsEmpty());
  EXPECT_THAT(read(100), ElementsAre("images read: 100 of 100"));
}

TEST(PlainViewTest, ANewStateBringsWarningsAndTrials) {
  const v1::ExperimentView before = MakeView(v1::EXPERIMENT_STATE_ADMITTING);
  v1::ExperimentView now = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  now.add_warnings("mind the gap");
  *AddTrial("a", v1::TRIAL_STATE_PENDING, now).mutable_reason() =
      MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "no worker is here");
  EXPECT_THAT(ChangeLines(&before, now),
              ElementsAre("neonates (k3vab2cd): RUNNING, 0 of 1 trials done",
                          "warning: mind the gap", "waiting: no worker is here"));
}

TEST(PlainViewTest, SaysWhatARunningTrialWaitsForAndThatItGoesOn) {
  const v1::ExperimentView running = MakeRunningView();
  v1::ExperimentView waiting = running;
  *waiting.mutable_trials(1)->mutable_progress()->mutable_waiting() =
      MakeReason(v1::REASON_CODE_LOADER_LOST, "the loader is away");
  EXPECT_THAT(ChangeLines(&running, waiting),
              ElementsAre("T1w/train/r0/f1/s1: waiting: LOADER_LOST: the loader is away"));
  EXPECT_THAT(ChangeLines(&waiting, waiting), testing::IsEmpty());
  EXPECT_THAT(ChangeLines(&waiting, running), ElementsAre("T1w/train/r0/f1/s1: goes on"));
}

TEST(PlainViewTest, SaysThatAWorkerRests) {
  const v1::ExperimentView before = MakeRunningView();
  v1::ExperimentView now = before;
  *now.add_resting()->mutable_resting() =
      MakeReason(v1::REASON_CODE_ENVIRONMENT, "worker w rests for 10s");
  EXPECT_THAT(ChangeLines(&before, now), ElementsAre("worker w rests for 10s"));
  EXPECT_THAT(ChangeLines(&now, now), testing::IsEmpty());
}

TEST(PlainViewTest, TheEndIsTheLastLine) {
  v1::ExperimentView before = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  AddTrial("a", v1::TRIAL_STATE_RUNNING, before);
  v1::ExperimentView now = before;
  now.set_state(v1::EXPERIMENT_STATE_VALID);
  now.mutable_trials(0)->set_state(v1::TRIAL_STATE_DONE);
  EXPECT_THAT(ChangeLines(&before, now),
              ElementsAre("a: DONE", "neonates (k3vab2cd): VALID, 1 of 1 trials done"));
}

TEST(PlainViewTest, OnlyImagesAreSaidOfWhatIsNotSubmitted) {
  v1::ExperimentView view;
  view.mutable_admission()->set_images_read(1);
  view.mutable_admission()->set_images_total(1);
  EXPECT_THAT(ChangeLines(nullptr, view), ElementsAre("images read: 1 of 1"));
}

TEST(PlainViewTest, SaysWhyATrialFailedAndThatItIsTriedAgain) {
  const v1::ExperimentView running = MakeRunningView();
  v1::ExperimentView pending = running;
  v1::TrialView& trial = *pending.mutable_trials(1);
  trial.set_state(v1::TRIAL_STATE_PENDING);
  *trial.mutable_reason() = MakeReason(v1::REASON_CODE_PEER_LOST, "rank 1 went away");
  EXPECT_THAT(ChangeLines(&running, pending),
              ElementsAre("T1w/train/r0/f1/s1: attempt 1 was interrupted "
                          "(rank 1 went away); it goes on"));
  v1::ExperimentView waiting = pending;
  waiting.mutable_trials(1)->mutable_reason()->set_code(v1::REASON_CODE_WAITING_FOR_SLOTS);
  EXPECT_THAT(ChangeLines(&running, waiting),
              ElementsAre("T1w/train/r0/f1/s1: attempt 1 was interrupted; it goes on"));

  v1::ExperimentView again = pending;
  v1::TrialView& second = *again.mutable_trials(1);
  second.set_state(v1::TRIAL_STATE_RUNNING);
  second.set_attempt(2);
  second.clear_reason();
  second.clear_progress();
  EXPECT_THAT(ChangeLines(&pending, again),
              ElementsAre("T1w/train/r0/f1/s1: attempt 2 started on worker-1"));

  v1::ExperimentView failed = again;
  failed.mutable_trials(1)->set_state(v1::TRIAL_STATE_FAILED);
  *failed.mutable_trials(1)->mutable_reason() =
      MakeReason(v1::REASON_CODE_TRAINER_FAILED, "the loss is not finite");
  EXPECT_THAT(ChangeLines(&again, failed),
              ElementsAre("T1w/train/r0/f1/s1: FAILED: TRAINER_FAILED: the loss is not finite"));
}

}  // namespace
}  // namespace gyrus::cli
