#include "core/report/comparison_text.h"

#include "absl/strings/str_cat.h"
#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(ComparisonTextTest, ShowsEachArmThenEachTestInASentence) {
  EXPECT_EQ(absl::StrCat("\n", ComparisonText(MakeComparisons(), "months")), R"(
Compared with RI, two-sided; differences are arm - RI; p corrected over arms (holm):
  arm  folds  difference of MAE [months] [95%]  subjects  of their errors [95% BCa]         d_z [95%]  p (resampled t, Holm)  (naive t)  p (Wilcoxon, Holm)
  T1w      5           -0.124 [-0.297, 0.0491]        12       -0.2 [-0.5, -0.0123]  0.38 [0.1, 0.66]                  0.235     0.0811                 n/a
T1w: corrected t sentence
T1w: naive t sentence
T1w: Wilcoxon: n/a: all differences are zero
all arms: Friedman test: n/a: it needs three arms or more
A subject's error is the mean absolute error over its sessions and repeats; interval: 95% BCa, seed 1.
)");
}

TEST(ComparisonTextTest, WithoutCorrectionThePIsTheTestsOwn) {
  v1::Comparisons comparisons = MakeComparisons();
  comparisons.set_correction(v1::CORRECTION_NONE);
  comparisons.set_alternative(v1::ALTERNATIVE_LESS);
  comparisons.mutable_comparisons(0)->mutable_tests(0)->clear_p_corrected();
  const std::string text = ComparisonText(comparisons, "");
  EXPECT_THAT(text, HasSubstr("Compared with RI, expected less; differences are arm - RI:"));
  EXPECT_THAT(text, HasSubstr(" 0.117 "));
  EXPECT_THAT(text, HasSubstr("difference of MAE [95%]"));
}

TEST(ComparisonTextTest, WhatIsUndefinedSaysWhy) {
  v1::Comparisons comparisons = MakeComparisons();
  v1::Comparison& comparison = *comparisons.mutable_comparisons(0);
  comparison.mutable_difference()->clear_lower();
  comparison.mutable_difference()->set_reason("one fold");
  comparison.mutable_error_difference()->clear_value();
  comparison.mutable_error_difference()->set_reason("no subject");
  comparison.mutable_effect_size()->clear_value();
  comparison.mutable_effect_size()->set_reason("too few");
  const std::string text = ComparisonText(comparisons, "");
  EXPECT_THAT(text, HasSubstr("T1w: interval over folds: n/a: one fold\n"));
  EXPECT_THAT(text, HasSubstr("T1w: errors of subjects: n/a: no subject\n"));
  EXPECT_THAT(text, HasSubstr("T1w: d_z: n/a: too few\n"));
}

TEST(ComparisonTextTest, OfClassesHasNoErrors) {
  v1::Comparisons comparisons = MakeComparisons();
  v1::Comparison& comparison = *comparisons.mutable_comparisons(0);
  comparisons.set_metric(v1::METRIC_ACCURACY);
  comparison.clear_error_difference();
  comparison.clear_effect_size();
  comparison.mutable_tests(2)->set_kind(v1::TEST_KIND_MCNEMAR);
  const std::string text = ComparisonText(comparisons, "");
  EXPECT_THAT(text, HasSubstr("difference of accuracy [95%]"));
  EXPECT_THAT(text, HasSubstr("p (McNemar, Holm)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("subject")));
  EXPECT_EQ(ComparisonText({}, ""), "");
}

TEST(EstimateCellTest, HasItsIntervalWhereThereIsOne) {
  v1::Estimate estimate;
  EXPECT_EQ(EstimateCell(estimate), "n/a");
  estimate.set_value(1.5);
  EXPECT_EQ(EstimateCell(estimate), "1.5");
  estimate.set_lower(-2);
  estimate.set_upper(3);
  EXPECT_EQ(EstimateCell(estimate), "1.5 [-2, 3]");
}

}  // namespace
}  // namespace gyrus
