#include "core/evaluate/metrics.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/spec/metric.h"
#include "core/statistics/checks.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

v1::Metrics MustCompute(const v1::Task& task, const std::vector<v1::Prediction>& predictions) {
  const auto metrics = ComputeMetrics(task, AllMetrics(), predictions);
  EXPECT_TRUE(metrics.ok()) << metrics.status();
  return *metrics;
}

v1::Metrics MustCompute(const Doubles& targets, const Doubles& predicted) {
  return MustCompute(NumberTask(), MakePredictions(targets, predicted));
}

double Value(const v1::Metrics& metrics, v1::Metric metric) {
  return ValueOf(metrics, metric).value_or(std::nan(""));
}

std::string Reason(const v1::Metrics& metrics, v1::Metric metric) {
  const v1::MetricValue* const value = FindMetric(metrics, metric);
  EXPECT_NE(value, nullptr);
  EXPECT_FALSE(value->has_value()) << value->value();
  return value->reason();
}

TEST(MetricsTest, GiveTheGoldenValues) {
  const v1::Metrics of_ages = MustCompute(kAge, kPredicted);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_MAE), 2.86);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_SD_AE), 1.9642357858);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_MEDIAN_AE), 2.9);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_RMSE), 3.41350259997);
  EXPECT_NEAR(Value(of_ages, v1::METRIC_BIAS), 0.02, 1e-14);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_R2), 0.898353079111);
  EXPECT_GOLDEN(Value(of_ages, v1::METRIC_GAP_AGE_CORRELATION), -.977258847011);

  const v1::Metrics of_a = MustCompute(kA, kQ);
  EXPECT_GOLDEN(Value(of_a, v1::METRIC_PEARSON), .95694801311);
  EXPECT_GOLDEN(Value(of_a, v1::METRIC_SPEARMAN), .973558600899);
}

TEST(MetricsTest, AreThoseAskedForInThatOrder) {
  const auto metrics =
      ComputeMetrics(NumberTask(), {v1::METRIC_BIAS, v1::METRIC_MAE}, MakePredictions({1}, {3}));
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  ASSERT_EQ(metrics->values_size(), 2);
  EXPECT_EQ(metrics->values(0).metric(), v1::METRIC_BIAS);
  EXPECT_EQ(metrics->values(1).metric(), v1::METRIC_MAE);
  EXPECT_FALSE(ValueOf(*metrics, v1::METRIC_RMSE).has_value());
}

TEST(MetricsTest, R2OfAPredictorWorseThanTheMeanIsNegative) {
  EXPECT_DOUBLE_EQ(Value(MustCompute({1, 2, 3}, {3, 2, 1}), v1::METRIC_R2), -3);
  EXPECT_DOUBLE_EQ(Value(MustCompute({1, 2, 3}, {3, 2, 1}), v1::METRIC_PEARSON), -1);
}

TEST(MetricsTest, RoundingDoesNotCarryACorrelationOverOne) {
  EXPECT_EQ(Value(MustCompute({0, 3, 6}, {0, 9, 18}), v1::METRIC_PEARSON), 1);
}

TEST(MetricsTest, OneItemHasErrorsButNeitherR2NorCorrelation) {
  const v1::Metrics metrics = MustCompute({2}, {5});
  EXPECT_EQ(Value(metrics, v1::METRIC_MAE), 3);
  EXPECT_EQ(Value(metrics, v1::METRIC_RMSE), 3);
  EXPECT_THAT(Reason(metrics, v1::METRIC_R2), HasSubstr("one value"));
  EXPECT_THAT(Reason(metrics, v1::METRIC_PEARSON), HasSubstr("fewer than two"));
  EXPECT_NE(Reason(metrics, v1::METRIC_SD_AE), "");
}

TEST(MetricsTest, ValuesThatDoNotVaryHaveNoCorrelation) {
  // The mean of three times 0.1 is not 0.1, so deviations from it are not zero.
  const v1::Metrics constant_prediction = MustCompute({1, 2, 3}, {0.1, 0.1, 0.1});
  for (const v1::Metric metric : {v1::METRIC_PEARSON, v1::METRIC_SPEARMAN}) {
    EXPECT_EQ(Reason(constant_prediction, metric), "the predictions have one value");
  }
  EXPECT_TRUE(ValueOf(constant_prediction, v1::METRIC_R2).has_value());
  const v1::Metrics constant_target = MustCompute({0.1, 0.1, 0.1}, {1, 2, 3});
  for (const v1::Metric metric : {v1::METRIC_PEARSON, v1::METRIC_SPEARMAN, v1::METRIC_R2}) {
    EXPECT_EQ(Reason(constant_target, metric), "the targets have one value");
  }
}

TEST(MetricsTest, WhatLeavesTheRangeOfDoubleIsUndefined) {
  const v1::Metrics huge = MustCompute({1.5e308, -1.5e308, 0}, {-1.5e308, 1.5e308, 0});
  for (const v1::Metric metric : {v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2,
                                  v1::METRIC_PEARSON, v1::METRIC_GAP_AGE_CORRELATION}) {
    EXPECT_NE(Reason(huge, metric), "") << NameOf(metric);
  }
  EXPECT_NE(Reason(MustCompute({0, 1e-300}, {0, 1}), v1::METRIC_R2), "");
}

TEST(MetricsTest, ItemsWithoutATargetAreLeftOut) {
  std::vector<v1::Prediction> predictions = MakePredictions({1, 2, 3}, {2, 2, 9});
  predictions[2].clear_target();
  EXPECT_DOUBLE_EQ(Value(MustCompute(NumberTask(), predictions), v1::METRIC_MAE), 0.5);
  for (v1::Prediction& p : predictions) p.clear_target();
  const v1::Metrics none = MustCompute(NumberTask(), predictions);
  EXPECT_EQ(Reason(none, v1::METRIC_MAE), "there are no items");
}

TEST(MetricsTest, WhatTheArmDoesNotAnswerWithHasNoMetric) {
  const v1::Metrics metrics = MustCompute({1, 2}, {1, 2});
  EXPECT_EQ(Reason(metrics, v1::METRIC_AUC), "the arm outputs no class");
  EXPECT_EQ(Reason(metrics, v1::METRIC_DICE), "the arm outputs no label image");
  EXPECT_EQ(Reason(metrics, v1::METRIC_RECONSTRUCTION_ERROR), "the arm outputs no reconstruction");
  const v1::Metrics of_classes =
      MustCompute(ClassTask(), {MakeClassPrediction("a", 1, 0.9), MakeClassPrediction("b", 0, 0)});
  EXPECT_EQ(Reason(of_classes, v1::METRIC_MAE), "the arm outputs no number");
  EXPECT_EQ(Value(of_classes, v1::METRIC_AUC), 1);
}

TEST(MetricsTest, DiceIsTheMeanOverItemsAndClassesThatHaveOne) {
  v1::Task task;
  task.mutable_segmentation();
  task.mutable_reconstruction();
  std::vector<v1::Prediction> predictions(2);
  EXPECT_NE(Reason(MustCompute(task, predictions), v1::METRIC_DICE), "");
  EXPECT_EQ(Reason(MustCompute(task, predictions), v1::METRIC_RECONSTRUCTION_ERROR),
            "there are no items");
  predictions[0].add_segmentation()->set_dice(0.9);
  predictions[0].add_segmentation();
  predictions[1].add_segmentation()->set_dice(0.6);
  predictions[1].add_segmentation()->set_dice(0);
  predictions[0].set_reconstruction_error(0.25);
  predictions[1].set_reconstruction_error(0.75);
  const v1::Metrics metrics = MustCompute(task, predictions);
  EXPECT_DOUBLE_EQ(Value(metrics, v1::METRIC_DICE), 0.5);
  EXPECT_DOUBLE_EQ(Value(metrics, v1::METRIC_RECONSTRUCTION_ERROR), 0.5);
}

TEST(MetricsTest, ANumberThatIsNotFiniteIsAnErrorThatNamesTheItem) {
  const auto refusal = [](const std::vector<v1::Prediction>& predictions) {
    const auto metrics = ComputeMetrics(NumberTask(), {v1::METRIC_MAE}, predictions);
    EXPECT_EQ(metrics.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(metrics.status().message());
  };
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(refusal(MakePredictions({1, 2}, {1, bad})), HasSubstr("'item-1'"));
    EXPECT_THAT(refusal(MakePredictions({bad, 2}, {1, 2})), HasSubstr("'item-0'"));
  }
  std::vector<v1::Prediction> missing = MakePredictions({1, 2}, {1, 2});
  missing[1].clear_prediction();
  EXPECT_THAT(refusal(missing), HasSubstr("prediction missing"));
}

TEST(SummaryTest, FoldsInWhichAMetricIsUndefinedAreCountedAndNotZero) {
  std::vector<v1::Metrics> folds(3);
  for (size_t f = 0; f < folds.size(); ++f) {
    const Defined<double> r2 =
        f == 1 ? Undefined("the targets have one value") : Defined<double>(f == 0 ? .5 : .7);
    ASSERT_TRUE(AddValue(v1::METRIC_R2, r2, folds[f]).ok());
    ASSERT_TRUE(AddValue(v1::METRIC_MAE, 2.0, folds[f]).ok());
    ASSERT_TRUE(AddValue(v1::METRIC_AUC, Undefined("one class"), folds[f]).ok());
  }
  const auto over = SummariseFolds(folds, 1);
  ASSERT_TRUE(over.ok()) << over.status();
  const v1::MetricValue& r2 = *FindMetric(over->mean, v1::METRIC_R2);
  EXPECT_DOUBLE_EQ(r2.value(), 0.6);
  EXPECT_EQ(r2.folds(), 2);
  EXPECT_EQ(r2.undefined(), 1);
  EXPECT_EQ(r2.reason(), "the targets have one value");
  EXPECT_NEAR(*ValueOf(over->sd, v1::METRIC_R2), std::sqrt(0.02), 1e-12);
  EXPECT_NEAR(*ValueOf(SummariseFolds(folds, 0)->sd, v1::METRIC_R2), 0.1, 1e-12);
  EXPECT_EQ(*ValueOf(over->mean, v1::METRIC_MAE), 2);
  EXPECT_EQ(FindMetric(over->mean, v1::METRIC_MAE)->undefined(), 0);
  const v1::MetricValue& auc = *FindMetric(over->mean, v1::METRIC_AUC);
  EXPECT_FALSE(auc.has_value());
  EXPECT_EQ(auc.reason(), "one class");
  EXPECT_EQ(auc.undefined(), 3);
}

TEST(SummaryTest, OneFoldHasNoSpread) {
  v1::Metrics fold;
  ASSERT_TRUE(AddValue(v1::METRIC_MAE, 2.0, fold).ok());
  const auto over = SummariseFolds({fold}, 1);
  ASSERT_TRUE(over.ok());
  EXPECT_EQ(*ValueOf(over->mean, v1::METRIC_MAE), 2);
  EXPECT_NE(Reason(over->sd, v1::METRIC_MAE), "");
  EXPECT_TRUE(SummariseFolds({}, 1)->mean.values().empty());
}

TEST(SummaryTest, OnlyWhatIsUndefinedBecomesAReason) {
  v1::Metrics metrics;
  EXPECT_TRUE(absl::IsInternal(AddValue(v1::METRIC_MAE, absl::InternalError("x"), metrics)));
}

}  // namespace
}  // namespace gyrus
