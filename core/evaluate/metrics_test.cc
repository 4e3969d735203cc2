#include "core/evaluate/metrics.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using Doubles = std::vector<double>;

std::vector<v1::Prediction> Predictions(const Doubles& targets, const Doubles& predicted) {
  std::vector<v1::Prediction> result;
  for (size_t i = 0; i < targets.size(); ++i) {
    v1::Prediction& p = result.emplace_back();
    p.set_item(absl::StrCat("item-", i));
    p.set_target(targets[i]);
    p.set_prediction(predicted[i]);
  }
  return result;
}

v1::Metrics MustCompute(const Doubles& targets, const Doubles& predicted) {
  const auto metrics = ComputeMetrics(Predictions(targets, predicted));
  EXPECT_TRUE(metrics.ok()) << metrics.status();
  return *metrics;
}

TEST(MetricsTest, GiveTheGoldenValues) {
  const Doubles age = {52.1, 60.4, 71.3, 45.0, 80.2, 66.6, 58.9, 74.5, 49.7, 63.0};
  const Doubles predicted = {55.0, 61.2, 68.4, 50.3, 73.9, 67.1, 60.0, 70.8, 53.5, 61.7};
  const v1::Metrics metrics = MustCompute(age, predicted);
  EXPECT_NEAR(metrics.mae(), 2.86, 1e-12);
  EXPECT_NEAR(metrics.rmse(), 3.41350259997, 1e-11);
  EXPECT_NEAR(metrics.r2(), 0.898353079111, 1e-12);

  const Doubles a = {3.1, 4.5, 2.2, 6.7, 5.0, 4.5, 3.9, 7.2, 1.8, 5.5, 4.5, 6.1};
  const Doubles q = {2.8, 4.9, 2.2, 6.1, 5.3, 4.0, 3.1, 7.9, 1.1, 5.0, 4.9, 5.2};
  EXPECT_NEAR(MustCompute(a, q).pearson(), .95694801311, 1e-11);
}

TEST(MetricsTest, R2OfAPredictorWorseThanTheMeanIsNegative) {
  EXPECT_DOUBLE_EQ(MustCompute({1, 2, 3}, {3, 2, 1}).r2(), -3);
  EXPECT_DOUBLE_EQ(MustCompute({1, 2, 3}, {3, 2, 1}).pearson(), -1);
}

TEST(MetricsTest, RoundingDoesNotCarryACorrelationOverOne) {
  EXPECT_EQ(MustCompute({0, 3, 6}, {0, 9, 18}).pearson(), 1);
}

TEST(MetricsTest, OneItemHasErrorsButNeitherR2NorCorrelation) {
  const v1::Metrics metrics = MustCompute({2}, {5});
  EXPECT_EQ(metrics.mae(), 3);
  EXPECT_EQ(metrics.rmse(), 3);
  EXPECT_FALSE(metrics.has_r2());
  EXPECT_FALSE(metrics.has_pearson());
}

TEST(MetricsTest, NoItemHasNoMetric) {
  const v1::Metrics metrics = MustCompute({}, {});
  for (const v1::Metric metric : kMetrics) EXPECT_FALSE(ValueOf(metrics, metric).has_value());
}

TEST(MetricsTest, ValuesThatDoNotVaryHaveNoCorrelation) {
  // The mean of three times 0.1 is not 0.1, so deviations from it are not zero.
  EXPECT_FALSE(MustCompute({1, 2, 3}, {0.1, 0.1, 0.1}).has_pearson());
  EXPECT_TRUE(MustCompute({1, 2, 3}, {0.1, 0.1, 0.1}).has_r2());
  const v1::Metrics constant_target = MustCompute({0.1, 0.1, 0.1}, {1, 2, 3});
  EXPECT_FALSE(constant_target.has_pearson());
  EXPECT_FALSE(constant_target.has_r2());
}

TEST(MetricsTest, WhatLeavesTheRangeOfDoubleIsAbsent) {
  const v1::Metrics huge = MustCompute({1e300, -1e300, 0}, {-1e300, 1e300, 0});
  EXPECT_FALSE(huge.has_rmse());
  EXPECT_FALSE(huge.has_r2());
  EXPECT_FALSE(huge.has_pearson());
  EXPECT_FALSE(MustCompute({0, 1e-300}, {0, 1}).has_r2());
}

TEST(MetricsTest, ANumberThatIsNotFiniteIsAnErrorThatNamesTheItem) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto by_prediction = ComputeMetrics(Predictions({1, 2}, {1, bad}));
    EXPECT_EQ(by_prediction.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(by_prediction.status().message()), testing::HasSubstr("'item-1'"));
    const auto by_target = ComputeMetrics(Predictions({bad, 2}, {1, 2}));
    EXPECT_THAT(std::string(by_target.status().message()), testing::HasSubstr("'item-0'"));
  }
}

TEST(BaselineTest, PredictsTheMeanOfTheTrainingTargets) {
  const auto baseline = BaselineMetrics(Doubles{1, 2, 6}, Doubles{1, 5});
  ASSERT_TRUE(baseline.ok());
  EXPECT_DOUBLE_EQ(baseline->mae(), 2);
  EXPECT_DOUBLE_EQ(baseline->rmse(), 2);
  EXPECT_DOUBLE_EQ(baseline->r2(), 0);
  EXPECT_FALSE(baseline->has_pearson());
}

TEST(BaselineTest, WithoutATrainingTargetThereIsNone) {
  EXPECT_FALSE(BaselineMetrics(Doubles{}, Doubles{1}).ok());
  EXPECT_FALSE(BaselineMetrics(Doubles{std::nan("")}, Doubles{1}).ok());
  EXPECT_FALSE(BaselineMetrics(Doubles{1}, Doubles{std::nan("")}).ok());
}

TEST(SummaryTest, FoldsInWhichAMetricIsUndefinedAreNotCountedAsZero) {
  std::vector<v1::Metrics> folds(3);
  folds[0].set_r2(0.5);
  folds[2].set_r2(0.7);
  for (v1::Metrics& fold : folds) fold.set_mae(2);
  EXPECT_DOUBLE_EQ(MeanOver(folds).r2(), 0.6);
  EXPECT_NEAR(StandardDeviationOver(folds, 1).r2(), std::sqrt(0.02), 1e-12);
  EXPECT_EQ(MeanOver(folds).mae(), 2);
  EXPECT_FALSE(MeanOver(folds).has_pearson());
}

}  // namespace
}  // namespace gyrus
