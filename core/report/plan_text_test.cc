#include "core/report/plan_text.h"

#include "core/report/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(PlanTextTest, SaysWhatWillBeDone) {
  EXPECT_EQ(absl::StrCat("\n", DescribePlan(MakeReportedPlan())), R"(
ages: 8 samples of 8 subjects; arms 1 x folds 2 x repeats 1 = 2 trials
split 1212, proved free of leaks
  kept together: subject, family, site; stratified by: age; validation: 0.25; seed: 1

target age in months
  fold   train  mean  validation  mean  test  mean
  r0/f0      3     5           1     1     4     3
  r0/f1      3     4           1     0     4     4

  arm   channels       input  parameters  MiB  GMAC/item  MiB/item  batch  leaf    ranks
  both   T1w+T2w  2x20x22x24        1000  0.0       2.50       3.0      4     1  1, 2, 4
MiB: of weights, and of activations an item; ranks: slots_per_trial with the same bits.
warning: mind the gap
)");
}

TEST(PlanTextTest, ArmsOfOneTargetShareItsTable) {
  v1::Plan plan = MakeReportedPlan();
  *plan.add_arms() = plan.arms(0);
  const std::string text = DescribePlan(plan);
  EXPECT_EQ(text.find("target age"), text.rfind("target age"));
  EXPECT_NE(text.find("arms 2 x folds 2 x repeats 1 = 4 trials"), std::string::npos) << text;
}

TEST(PlanTextTest, SlicesAndExternalCohortsAreSaid) {
  const std::string text = DescribePlan(MakeReportedSlicePlan());
  EXPECT_THAT(text, HasSubstr("external: 2 samples of 1 subjects, which no fold has"));
  EXPECT_THAT(text, HasSubstr("An item that both trains on is one of 10 slices of a sample.\n"));
  EXPECT_THAT(text, HasSubstr("  0.25       0.3      4     1"));  // GMAC, MiB: of a slice.
}

}  // namespace
}  // namespace gyrus
