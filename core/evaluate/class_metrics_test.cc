#include "core/evaluate/class_metrics.h"

#include <cmath>

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/spec/metric.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

ClassItems MustBeItems(const std::vector<v1::Prediction>& predictions) {
  std::vector<const v1::Prediction*> pointers;
  for (const v1::Prediction& p : predictions) pointers.push_back(&p);
  auto items = ClassItemsOf(pointers);
  EXPECT_TRUE(items.ok()) << items.status();
  return *std::move(items);
}

std::vector<v1::Prediction> OfScores(const std::vector<int>& labels, const Doubles& scores) {
  std::vector<v1::Prediction> predictions;
  for (size_t i = 0; i < labels.size(); ++i) {
    predictions.push_back(MakeClassPrediction(absl::StrCat("item-", i), labels[i], scores[i]));
  }
  return predictions;
}

v1::Prediction OfThree(int label, const Doubles& probabilities) {
  v1::Prediction p = MakePrediction("item", label, 0);
  p.mutable_probabilities()->Assign(probabilities.begin(), probabilities.end());
  return p;
}

TEST(ClassMetricsTest, GiveTheGoldenValues) {
  const ClassItems items = MustBeItems(OfScores(kLabels, kScores1));
  const std::pair<v1::Metric, double> golden[] = {{v1::METRIC_ACCURACY, .833333333333},
                                                  {v1::METRIC_SENSITIVITY, .8},
                                                  {v1::METRIC_SPECIFICITY, .857142857143},
                                                  {v1::METRIC_BALANCED_ACCURACY, .828571428571},
                                                  {v1::METRIC_PPV, .8},
                                                  {v1::METRIC_NPV, .857142857143},
                                                  {v1::METRIC_F1, .8},
                                                  {v1::METRIC_MCC, .657142857143},
                                                  {v1::METRIC_KAPPA, .657142857143},
                                                  {v1::METRIC_AUC, .842857142857},
                                                  {v1::METRIC_AVERAGE_PRECISION, .821111111111},
                                                  {v1::METRIC_BRIER, .151616666667},
                                                  {v1::METRIC_LOG_LOSS, .461773764907},
                                                  {v1::METRIC_ECE, .273333333333}};
  for (const auto& [metric, value] : golden) {
    EXPECT_THAT(ClassMetric(metric, items), Holds(value)) << NameOf(metric);
  }
}

TEST(ClassMetricsTest, AProbabilityOfOneHalfIsPositive) {
  v1::Prediction even = MakeClassPrediction("even", 1, 0.5);
  even.set_prediction(0);  // As an argmax has it.
  const ClassItems items = MustBeItems({even, MakeClassPrediction("b", 0, 0.2)});
  EXPECT_EQ(items.decisions, (std::vector<int>{1, 0}));
  EXPECT_THAT(ClassMetric(v1::METRIC_SENSITIVITY, items), Holds(1));
}

TEST(ClassMetricsTest, AFoldOfOneClassIsNotZero) {
  const ClassItems items = MustBeItems(OfScores({1, 1, 1}, {.9, .8, .2}));
  EXPECT_THAT(ClassMetric(v1::METRIC_SENSITIVITY, items), Holds(2.0 / 3));
  for (const v1::Metric metric :
       {v1::METRIC_SPECIFICITY, v1::METRIC_BALANCED_ACCURACY, v1::METRIC_MCC, v1::METRIC_AUC}) {
    EXPECT_THAT(ClassMetric(metric, items), IsUndefinedBecause("")) << NameOf(metric);
  }
}

TEST(ClassMetricsTest, OfThreeClassesSomeAreDefined) {
  const ClassItems items =
      MustBeItems({OfThree(0, {.7, .2, .1}), OfThree(0, {.3, .6, .1}), OfThree(2, {.1, .1, .8})});
  EXPECT_EQ(items.decisions, (std::vector<int>{0, 1, 2}));
  EXPECT_THAT(ClassMetric(v1::METRIC_ACCURACY, items), Holds(2.0 / 3));
  // No item is of class 1.
  EXPECT_THAT(ClassMetric(v1::METRIC_BALANCED_ACCURACY, items), Holds(0.75));
  EXPECT_THAT(ClassMetric(v1::METRIC_LOG_LOSS, items),
              Holds(-(std::log(.7) + std::log(.3) + std::log(.8)) / 3));
  for (const v1::Metric metric : AllMetrics()) {
    if (OutputKindOf(metric) != OutputKind::kClass || metric == v1::METRIC_ACCURACY ||
        metric == v1::METRIC_BALANCED_ACCURACY || metric == v1::METRIC_LOG_LOSS) {
      continue;
    }
    EXPECT_THAT(ClassMetric(metric, items), IsUndefinedBecause("there are 3 classes, not two"))
        << NameOf(metric);
  }
}

TEST(ClassMetricsTest, LogLossOfManyClassesIsFiniteAndThatOfTwoTheSame) {
  const ClassItems sure = MustBeItems({OfThree(0, {0, 1, 0})});
  EXPECT_THAT(ClassMetric(v1::METRIC_LOG_LOSS, sure), Holds(52 * std::log(2)));
}

TEST(ClassMetricsTest, NoItemHasNoMetric) {
  EXPECT_THAT(ClassMetric(v1::METRIC_ACCURACY, {}), IsUndefinedBecause("no items"));
  EXPECT_THAT(ClassMetric(v1::METRIC_MAE, {}), IsMisuse("no metric of classes"));
}

TEST(ClassMetricsTest, WhatIsNoClassNamesTheItem) {
  const auto refusal = [](const v1::Prediction& bad) {
    const v1::Prediction good = MakeClassPrediction("good", 1, 0.5);
    return ClassItemsOf({&good, &bad});
  };
  EXPECT_THAT(refusal(MakeClassPrediction("bad", 2, 0.5)), IsMisuse("'bad': its target 2"));
  EXPECT_THAT(refusal(MakeClassPrediction("bad", -1, 0.5)), IsMisuse("'bad'"));
  v1::Prediction between = MakeClassPrediction("bad", 1, 0.5);
  between.set_target(0.5);
  EXPECT_THAT(refusal(between), IsMisuse("'bad'"));
  EXPECT_THAT(refusal(OfThree(1, {.2, .3, .5})), IsMisuse("has 3 probabilities"));
  EXPECT_THAT(refusal(MakePrediction("bad", 1, 1)), IsMisuse("has 0 probabilities"));
  EXPECT_THAT(refusal(MakeClassPrediction("bad", 1, 1.5)), IsMisuse("a probability is"));
  EXPECT_THAT(refusal(MakeClassPrediction("bad", 1, std::nan(""))), IsMisuse("a probability is"));
}

}  // namespace
}  // namespace gyrus
