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
  cohort   n  mean     SD  least  most
  infants  8   3.5  2.449      0     7
  fold   train  mean +- SD [range]  validation  mean +- SD [range]  test  mean +- SD [range]
  r0/f0      3       5 +- 2 [3, 7]           1                   1     4   3 +- 2.582 [0, 6]
  r0/f1      3       4 +- 2 [2, 6]           1                   0     4   4 +- 2.582 [1, 7]

  arm   channels       input  parameters  MiB  GMAC/item  TMAC/trial  MiB/item  batch  leaf    ranks
  both   T1w+T2w  2x20x22x24        1000  0.0       2.50      0.0675       3.0      4     1  1, 2, 4
MiB: of weights, and of activations an item; ranks: slots_per_trial with the same bits.
GMAC: 10^9 multiply-adds of one forward pass; TMAC: about 10^12 of the longest training. How long they take depends on the machine; a run tells the time left once steps are timed.
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

TEST(PlanTextTest, FoldsAreNamedByTheirSitesAndMissingValuesAreCounted) {
  v1::Plan plan = MakeReportedPlan();
  for (int i = 0; i < 8; ++i) plan.mutable_samples(i)->set_site(i % 2 == 0 ? "Lyon" : "Oslo");
  plan.mutable_samples(3)->clear_site();
  (*plan.mutable_samples(3)->mutable_texts())["sex"] = "n/a";
  (*plan.mutable_samples(4)->mutable_texts())["sex"] = "F";
  plan.mutable_samples(5)->mutable_numbers()->clear();
  const std::string text = DescribePlan(plan);
  EXPECT_THAT(text, HasSubstr("seed: 1\nmissing: age 1 of 8, sex 7 of 8, site 1 of 8\n"));
  EXPECT_THAT(text, HasSubstr("  mean +- SD [range]  tests site\n"));
  EXPECT_THAT(text, HasSubstr("  3 +- 2.582 [0, 6]        Lyon\n"));
  EXPECT_THAT(text, HasSubstr("        Oslo\n"));
  for (int i = 0; i < 8; ++i) plan.mutable_samples(i)->set_site(absl::StrCat("site", i));
  EXPECT_THAT(DescribePlan(plan), HasSubstr("site0, site2, site4, site6\n"));
  plan.mutable_folds(0)->add_test(1);
  EXPECT_THAT(DescribePlan(plan), HasSubstr("site0, site1, site2, site4 and 1 more\n"));
  plan.mutable_spec()->mutable_split()->mutable_kfold()->set_group("subject");
  EXPECT_THAT(DescribePlan(plan), testing::Not(HasSubstr("tests")));
}

TEST(PlanTextTest, SlicesAndExternalCohortsAreSaid) {
  const std::string text = DescribePlan(MakeReportedSlicePlan());
  EXPECT_THAT(text, HasSubstr("external: 2 samples of 1 subjects, which no fold has"));
  EXPECT_THAT(text, HasSubstr("An item that both trains on is one of 10 slices of a sample.\n"));
  EXPECT_THAT(text,
              HasSubstr("  0.25      0.0675       0.3      4     1"));  // GMAC, MiB: of a slice.
}

}  // namespace
}  // namespace gyrus
