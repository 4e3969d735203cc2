#include "coordinator/plan/plan_text.h"

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(PlanTextTest, SaysWhatWillBeDone) {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.mutable_split()->mutable_validation()->set_fraction(0.5);
  spec.mutable_task()->mutable_regression()->set_unit("months");
  auto plan = MakePlan(spec, std::vector{MakeTable(8)}, FakeTools());
  ASSERT_TRUE(plan.ok()) << plan.status();
  plan->add_warnings("mind the gap");
  EXPECT_EQ(absl::StrCat("\n", DescribePlan(*plan)), R"(
ages: 8 samples of 8 subjects; arms 1 x folds 2 x repeats 1 = 2 trials
split efdc85b087737a1d9c9ebef31472ba95b05245df5235721fac80ba261bda03c4, proved free of leaks
  kept together: subject, family; stratified by: age; validation: 0.5; seed: 1

target age in months
  fold   train  mean  validation  mean  test  mean
  r0/f0      2   3.5           2   3.5     4   3.5
  r0/f1      2   3.5           2   3.5     4   3.5

  arm  channels       input  parameters  GMAC/item  weights MiB  activations MiB/item  batch  leaf  ranks with the same bits
  T1w       T1w  1x20x22x24        1000       2.50          0.0                   3.0      4     1                   1, 2, 4
warning: mind the gap
)");
}

}  // namespace
}  // namespace gyrus
