#include "cli/view_facts.h"

#include "absl/strings/str_cat.h"
#include "cli/testing/view_fixture.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

TEST(ViewFactsTest, DurationsAreShort) {
  EXPECT_EQ(ShortDuration(-1), "0s");
  EXPECT_EQ(ShortDuration(59.4), "59s");
  EXPECT_EQ(ShortDuration(59.6), "1m00s");
  EXPECT_EQ(ShortDuration(3605), "1h00m");
  EXPECT_EQ(ShortDuration(90000), "1d01h");
}

TEST(ViewFactsTest, StepsCountTowardsTheWhole) {
  // One of four is done, one has taken a quarter of its steps.
  EXPECT_DOUBLE_EQ(DonePart(MakeRunningView()), 1.25 / 4);
  EXPECT_EQ(DonePart(MakeView(v1::EXPERIMENT_STATE_ADMITTING)), 0);
}

TEST(ViewFactsTest, TimeLeftIsThatOfTheWorkThatIsLeft) {
  // 90 s left of 120 s; two more trials of 120 s, on two slots.
  EXPECT_DOUBLE_EQ(*SecondsLeft(MakeRunningView()), (90 + 2 * 120) / 2);

  v1::ExperimentView last = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  SetProgress(9, 39, 3, AddTrial("a", v1::TRIAL_STATE_RUNNING, last));
  SetProgress(1, 20, 70, AddTrial("b", v1::TRIAL_STATE_RUNNING, last));
  EXPECT_DOUBLE_EQ(*SecondsLeft(last), 70);

  EXPECT_FALSE(SecondsLeft(MakeView(v1::EXPERIMENT_STATE_ADMITTING)).has_value());
}

TEST(ViewFactsTest, SaysWhyNothingRunsOnlyWhenNothingDoes) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  *AddTrial("a", v1::TRIAL_STATE_PENDING, view).mutable_reason() =
      MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "no worker is here");
  EXPECT_EQ(WhyNothingRuns(view), "no worker is here");
  AddTrial("b", v1::TRIAL_STATE_RUNNING, view);
  EXPECT_EQ(WhyNothingRuns(view), "");
}

TEST(ViewFactsTest, ReasonsAreAtMostADozenLines) {
  v1::ExperimentView view;
  for (int i = 0; i < 12; ++i) {
    *view.add_reasons() = MakeReason(v1::REASON_CODE_BAD_DATA, absl::StrCat("file ", i));
  }
  const auto lines = [&] {
    const std::string text = DescribeAll(view.reasons());
    return std::count(text.begin(), text.end(), '\n') + 1;
  };
  EXPECT_EQ(lines(), 12);
  EXPECT_NE(DescribeAll(view.reasons()).find("BAD_DATA: file 11"), std::string::npos);
  *view.add_reasons() = MakeReason(v1::REASON_CODE_BAD_DATA, "two\nlines");
  EXPECT_EQ(lines(), 12);
  EXPECT_NE(DescribeAll(view.reasons()).find("file 10\n... and 3 more"), std::string::npos)
      << DescribeAll(view.reasons());
}

}  // namespace
}  // namespace gyrus::cli
