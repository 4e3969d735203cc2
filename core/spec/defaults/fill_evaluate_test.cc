#include "core/spec/defaults/fill_evaluate.h"

#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

v1::Evaluate Filled(absl::string_view yaml) {
  auto parsed = ParseExperiment(yaml, "exp.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return {};
  FillDefaults(parsed->spec);
  return parsed->spec.evaluate();
}

TEST(FillEvaluateTest, MetricsAreThoseOfTheArmsTasks) {
  EXPECT_THAT(Filled("task: {regression: {target: age}}").metrics(),
              ElementsAre(v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2, v1::METRIC_PEARSON));
  EXPECT_THAT(Filled("name: x").metrics(),
              ElementsAre(v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2, v1::METRIC_PEARSON));
  EXPECT_THAT(Filled("task: {classification: {target: outcome, classes: [a, b]}}").metrics(),
              ElementsAre(v1::METRIC_ACCURACY, v1::METRIC_BALANCED_ACCURACY, v1::METRIC_SENSITIVITY,
                          v1::METRIC_SPECIFICITY, v1::METRIC_AUC));
  EXPECT_THAT(Filled("arms: {a: {task: {reconstruction: {}}}, b: {task: {segmentation: {}}}}\n"
                     "task: {soft_labels: {target: age}}")
                  .metrics(),
              ElementsAre(v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2, v1::METRIC_PEARSON,
                          v1::METRIC_DICE, v1::METRIC_RECONSTRUCTION_ERROR));
}

TEST(FillEvaluateTest, NoComparisonIsMadeUnasked) {
  const v1::Evaluate evaluate = Filled("arms: {a: {}, b: {}}\ntask: {regression: {target: age}}");
  EXPECT_FALSE(evaluate.has_compare());
  EXPECT_FALSE(evaluate.has_groups());
  EXPECT_EQ(evaluate.bias_correction(), v1::BIAS_METHOD_NONE);
  EXPECT_EQ(evaluate.sd_ddof(), 1);
}

TEST(FillEvaluateTest, AComparisonIsOfTheTasksFirstMetricByHolm) {
  const v1::Compare compare =
      Filled("arms: {a: {}, b: {}}\ntask: {regression: {target: age}}\nevaluate: {compare: b}")
          .compare();
  EXPECT_EQ(compare.with(), "b");
  EXPECT_EQ(compare.metric(), v1::METRIC_MAE);
  EXPECT_EQ(compare.alternative(), v1::ALTERNATIVE_TWO_SIDED);
  EXPECT_EQ(compare.correction(), v1::CORRECTION_HOLM);
  EXPECT_EQ(compare.seed(), 1);
  EXPECT_EQ(Filled("arms: {a: {}, b: {}}\nevaluate: {compare: b}\n"
                   "task: {classification: {target: outcome, classes: [a, b]}}")
                .compare()
                .metric(),
            v1::METRIC_ACCURACY);
}

TEST(FillEvaluateTest, WhatIsSetStays) {
  const v1::Evaluate evaluate = Filled(
      "arms: {a: {}, b: {}}\n"
      "evaluate: {metrics: [r2], sd_ddof: 0, bias_correction: cole,\n"
      "  compare: {with: a, metric: r2, alternative: less, correction: none, seed: 0}}");
  EXPECT_THAT(evaluate.metrics(), ElementsAre(v1::METRIC_R2));
  EXPECT_EQ(evaluate.sd_ddof(), 0);
  EXPECT_EQ(evaluate.bias_correction(), v1::BIAS_METHOD_COLE);
  EXPECT_EQ(evaluate.compare().metric(), v1::METRIC_R2);
  EXPECT_EQ(evaluate.compare().alternative(), v1::ALTERNATIVE_LESS);
  EXPECT_EQ(evaluate.compare().correction(), v1::CORRECTION_NONE);
  EXPECT_EQ(evaluate.compare().seed(), 0);
}

}  // namespace
}  // namespace gyrus
