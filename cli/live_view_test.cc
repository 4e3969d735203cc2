#include "cli/live_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/testing/view_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'125);

std::string Block(const v1::ExperimentView& view, ScreenSize screen) {
  return absl::StrCat("\n", absl::StrJoin(LiveLines(view, kNow, screen), "\n"), "\n");
}

TEST(LiveViewTest, ShowsWhatRunsAndWhatIsLeft) {
  EXPECT_EQ(Block(MakeRunningView(), {200, 40}), R"(
neonates (k3vab2cd)  RUNNING  2m05s
T1w/train/r0/f1/s1  epoch 3/10 [#####...............]  loss 45.2  validation 51  6.125 items/s  1m30s left
RI/train/r0/f0/s1   starting
trials  [######..............]  1/4 done, 2 running, 1 pending, 0 failed  about 2m45s left
)");
}

TEST(LiveViewTest, ShowsImagesBeingRead) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_ADMITTING);
  EXPECT_THAT(LiveLines(view, kNow, {}), Contains("images  waiting for the loaders"));
  view.mutable_admission()->set_images_read(6);
  view.mutable_admission()->set_images_total(24);
  EXPECT_THAT(LiveLines(view, kNow, {}), Contains("images  [#####...............]  6/24 read"));
}

TEST(LiveViewTest, AnEndedExperimentTookWhatItTook) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_VALID);
  view.set_ended_us(view.submitted_us() + 7'000'000);
  EXPECT_EQ(LiveLines(view, kNow, {})[0], "neonates (k3vab2cd)  VALID  7s");
}

TEST(LiveViewTest, SaysWhyNothingRuns) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  *AddTrial("a", v1::TRIAL_STATE_PENDING, view).mutable_reason() =
      MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "no worker is here");
  EXPECT_THAT(LiveLines(view, kNow, {}), Contains("no worker is here"));
}

// A view that is higher than the screen would scroll, and could not be overwritten.
TEST(LiveViewTest, FitsOnEveryScreen) {
  v1::ExperimentView view = MakeRunningView();
  for (int i = 0; i < 50; ++i) {
    SetProgress(1, 5, 10, AddTrial(absl::StrCat("arm-", i), v1::TRIAL_STATE_RUNNING, view));
  }
  for (const ScreenSize screen : {ScreenSize{80, 24}, {40, 10}, {10, 5}, {200, 100}}) {
    const auto lines = LiveLines(view, kNow, screen);
    EXPECT_LT(lines.size(), screen.lines);
    for (const std::string& line : lines) EXPECT_LT(line.size(), screen.columns);
  }
  EXPECT_THAT(LiveLines(view, kNow, {80, 24}), Contains("... and 33 more"));
}

TEST(LiveViewTest, BytesThatATerminalWouldObeyAreNotPassedOn) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  view.set_name("a\x1b[2Jb");
  EXPECT_THAT(LiveLines(view, kNow, {})[0], HasSubstr("a?[2Jb"));
}

}  // namespace
}  // namespace gyrus::cli
