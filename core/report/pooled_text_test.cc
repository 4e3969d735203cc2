#include "core/report/pooled_text.h"

#include "absl/strings/str_cat.h"
#include "core/report/testing/report_fixture.h"
#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

v1::Result MakePooledResult() {
  v1::Result result = MakeIncompleteResult();
  result.set_pool(v1::POOL_FOLDS);
  v1::ArmResult& arm = *result.mutable_arms(0);
  arm.mutable_pooled()->set_n(8);
  SetMetric(v1::METRIC_MAE, 2.25, *arm.mutable_pooled()->mutable_metrics());
  SetMetric(v1::METRIC_R2, 0.75, *arm.mutable_pooled()->mutable_metrics());
  arm.mutable_baseline_comparison()->set_metric(v1::METRIC_MAE);
  *arm.mutable_baseline_comparison()->mutable_difference() = MakeEstimate(-6, -13, 1, 2);
  return result;
}

TEST(PooledTextTest, StandsBesideTheMeansAndSaysWhatIsTested) {
  EXPECT_EQ(PooledText(MakePooledResult()), R"(
Pooled over the test items of all folds:
  arm  MAE [months]    R2  n
  T1w          2.25  0.75  8
Tests and intervals are computed from folds (evaluate.pool: folds).
T1w: MAE [months] - that of predicting the mean of the training targets = -6 [-13, 1]: not shown to be better than the baseline (95%, n = 2)
)");
}

TEST(PooledTextTest, TheIntervalDecidesWhatIsBetter) {
  v1::Result result = MakePooledResult();
  result.set_pool(v1::POOL_ITEMS);
  v1::BaselineComparison& comparison = *result.mutable_arms(0)->mutable_baseline_comparison();
  *comparison.mutable_difference() = MakeEstimate(-6, -11, -1, 8);
  EXPECT_THAT(PooledText(result), HasSubstr("pooled items (evaluate.pool: items)"));
  EXPECT_THAT(PooledText(result), HasSubstr(": better than the baseline (95%, n = 8)\n"));
  comparison.set_metric(v1::METRIC_ACCURACY);
  EXPECT_THAT(PooledText(result), HasSubstr(": worse than the baseline"));
  EXPECT_THAT(PooledText(result), HasSubstr("predicting the most frequent training class"));
  comparison.mutable_difference()->clear_lower();
  comparison.mutable_difference()->set_reason("there is one fold");
  EXPECT_THAT(PooledText(result), HasSubstr(" = -6 (no interval: there is one fold)\n"));
}

TEST(PooledTextTest, WithoutAFoldThereIsNothing) {
  EXPECT_EQ(PooledText(MakeIncompleteResult()), "");
}

}  // namespace
}  // namespace gyrus
