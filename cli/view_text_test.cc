#include "cli/view_text.h"

#include "absl/strings/str_cat.h"
#include "cli/testing/view_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'125);

TEST(ViewTextTest, ShowsEveryTrial) {
  v1::ExperimentView view = MakeRunningView();
  *view.mutable_trials(3)->mutable_reason() =
      MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "2 of 2 slots are busy");
  view.add_warnings("mind the gap");
  EXPECT_EQ(absl::StrCat("\n", ViewText(view, kNow)), R"(
neonates (k3vab2cd): RUNNING, 1 of 4 trials done
submitted 2023-11-14 22:13:20 UTC, for 2m05s
warning: mind the gap

  trial                 state  attempt  epoch  loss  validation   left                                    reason
  T1w/train/r0/f0/s1     DONE        1
  T1w/train/r0/f1/s1  RUNNING        1   3/10  45.2          51  1m30s
  RI/train/r0/f0/s1   RUNNING        1
  RI/train/r0/f1/s1   PENDING        0                                  WAITING_FOR_SLOTS: 2 of 2 slots are busy
)");
}

TEST(ViewTextTest, ShowsWhereAnAttemptBegan) {
  v1::ExperimentView view = MakeRunningView();
  view.mutable_trials(1)->mutable_progress()->set_resumed_step(120);
  v1::TrialView& second = *view.mutable_trials(2);
  *second.mutable_reason() = MakeReason(v1::REASON_CODE_PEER_LOST, "gone");
  second.mutable_progress()->set_restart_reason("no checkpoint on this host");
  const std::string text = ViewText(view, kNow);
  EXPECT_THAT(text, testing::HasSubstr(" resumed at step 120\n"));
  EXPECT_THAT(text,
              testing::HasSubstr(" an earlier attempt was interrupted: gone; began at step 0: no "
                                 "checkpoint on this host\n"));
}

TEST(ViewTextTest, ShowsWhyThereIsNoPlan) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_INVALID);
  *view.add_reasons() = MakeReason(v1::REASON_CODE_BAD_DATA, "a.nii: cut short");
  view.set_ended_us(view.submitted_us() + 7'000'000);
  EXPECT_EQ(absl::StrCat("\n", ViewText(view, kNow)), R"(
neonates (k3vab2cd): INVALID, 0 of 0 trials done
submitted 2023-11-14 22:13:20 UTC, took 7s
BAD_DATA: a.nii: cut short
)");
}

TEST(ViewTextTest, ListsExperimentsInTheOrderGiven) {
  v1::ListReply list;
  *list.add_experiments() = MakeRunningView();
  *list.add_experiments() = MakeView(v1::EXPERIMENT_STATE_INCOMPLETE);
  list.mutable_experiments(1)->set_id("b2");
  list.mutable_experiments(1)->set_cancelled(true);
  list.mutable_experiments(1)->set_ended_us(list.experiments(1).submitted_us() + 1'000'000);
  EXPECT_EQ(absl::StrCat("\n", ListText(list, kNow)), R"(
  id            name                   state  trials done                submitted   took
  k3vab2cd  neonates                 RUNNING          1/4  2023-11-14 22:13:20 UTC  2m05s
  b2        neonates  INCOMPLETE (cancelled)          0/0  2023-11-14 22:13:20 UTC     1s
)");
}

}  // namespace
}  // namespace gyrus::cli
