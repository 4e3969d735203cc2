#include "core/spec/metric.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MetricTest, EveryMetricOfTheProtoIsInTheList) {
  std::set<v1::Metric> listed(AllMetrics().begin(), AllMetrics().end());
  EXPECT_EQ(listed.size(), AllMetrics().size());
  const auto& type = *v1::Metric_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const auto metric = static_cast<v1::Metric>(type.value(i)->number());
    EXPECT_EQ(listed.count(metric), 1) << type.value(i)->name();
    EXPECT_NE(TitleOf(metric, ""), "?") << type.value(i)->name();
  }
  EXPECT_EQ(listed.size(), type.value_count() - 1);
}

TEST(MetricTest, IsCalledAsTheExperimentFileWritesIt) {
  EXPECT_EQ(NameOf(v1::METRIC_MAE), "mae");
  EXPECT_EQ(NameOf(v1::METRIC_GAP_AGE_CORRELATION), "gap_age_correlation");
}

TEST(MetricTest, OnlyErrorsHaveTheTargetsUnit) {
  EXPECT_EQ(TitleOf(v1::METRIC_MAE, "months"), "MAE [months]");
  EXPECT_EQ(TitleOf(v1::METRIC_BIAS, "months"), "bias [months]");
  EXPECT_EQ(TitleOf(v1::METRIC_MAE, ""), "MAE");
  EXPECT_EQ(TitleOf(v1::METRIC_R2, "months"), "R2");
  EXPECT_EQ(TitleOf(v1::METRIC_AUC, "months"), "AUC");
}

TEST(MetricTest, KnowsWhichWayIsBetter) {
  EXPECT_EQ(BetterOf(v1::METRIC_MAE), Better::kLess);
  EXPECT_EQ(BetterOf(v1::METRIC_PEARSON), Better::kGreater);
  EXPECT_EQ(BetterOf(v1::METRIC_LOG_LOSS), Better::kLess);
  EXPECT_EQ(BetterOf(v1::METRIC_DICE), Better::kGreater);
  EXPECT_EQ(BetterOf(v1::METRIC_BIAS), Better::kNeither);
  EXPECT_EQ(BetterOf(v1::METRIC_GAP_AGE_CORRELATION), Better::kNeither);
}

TEST(MetricTest, DefaultsAreThoseOfWhatTheTaskAnswersWith) {
  v1::Task task;
  EXPECT_THAT(DefaultMetrics(task), IsEmpty());
  task.mutable_soft_labels();
  EXPECT_THAT(DefaultMetrics(task),
              ElementsAre(v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2, v1::METRIC_PEARSON));
  task.mutable_classification();  // The task is one or the other.
  task.mutable_segmentation();
  task.mutable_reconstruction();
  EXPECT_THAT(DefaultMetrics(task),
              ElementsAre(v1::METRIC_ACCURACY, v1::METRIC_BALANCED_ACCURACY, v1::METRIC_SENSITIVITY,
                          v1::METRIC_SPECIFICITY, v1::METRIC_AUC, v1::METRIC_DICE,
                          v1::METRIC_RECONSTRUCTION_ERROR));
}

}  // namespace
}  // namespace gyrus
