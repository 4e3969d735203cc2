#include "core/evaluate/pooled.h"

#include "core/evaluate/error_comparison.h"
#include "core/evaluate/testing/evaluate_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// Subjects s0, s1, ... of one visit each, `size` of them in each fold.
TestedArm ArmOf(const std::string& name, const std::vector<double>& targets,
                const std::vector<double>& predictions, size_t size) {
  TestedArm arm{.name = name, .task = NumberTask()};
  for (size_t i = 0; i < targets.size(); ++i) {
    if (i % size == 0) arm.folds.emplace_back().fold = static_cast<uint32_t>(i / size);
    arm.folds.back().predictions.push_back(
        MakePrediction(absl::StrCat("c/s", i, "/1"), targets[i], predictions[i]));
  }
  return arm;
}

SampleSet Subjects(size_t n) {
  SampleSet samples;
  for (size_t i = 0; i < n; ++i) samples.Add(absl::StrCat("s", i));
  return samples;
}

double ValueIn(const v1::PooledResult& pooled, v1::Metric metric) {
  const auto value = ValueOf(pooled.metrics(), metric);
  EXPECT_TRUE(value.has_value());
  return value.value_or(0);
}

// Two folds of two items, in each of which Pearson's r is 1.
TEST(PooledTest, MetricsAreOfTheItemsOfAllFolds) {
  const TestedArm arm = ArmOf("a", {1, 3, 2, 8}, {2, 4, 5, 6}, 2);
  const auto pooled = PoolArm(arm, {v1::METRIC_MAE, v1::METRIC_PEARSON, v1::METRIC_R2});
  ASSERT_TRUE(pooled.ok()) << pooled.status();
  EXPECT_EQ(pooled->n(), 4);
  EXPECT_DOUBLE_EQ(ValueIn(*pooled, v1::METRIC_MAE), 7.0 / 4);
  EXPECT_DOUBLE_EQ(ValueIn(*pooled, v1::METRIC_R2), 1 - 15.0 / 29);
  EXPECT_NEAR(ValueIn(*pooled, v1::METRIC_PEARSON), 0.7847060257179307, 1e-12);
}

TEST(PooledTest, LeaveOneOutHasACorrelation) {
  const TestedArm arm = ArmOf("a", {1, 3, 2, 8}, {2, 4, 5, 6}, 1);
  const auto pooled = PoolArm(arm, {v1::METRIC_PEARSON});
  ASSERT_TRUE(pooled.ok()) << pooled.status();
  EXPECT_NEAR(ValueIn(*pooled, v1::METRIC_PEARSON), 0.7847060257179307, 1e-12);
}

TEST(PooledTest, ItemsWithoutATargetAreNotCounted) {
  TestedArm arm = ArmOf("a", {1, 3, 2, 8}, {2, 4, 5, 6}, 2);
  arm.folds[0].predictions[0].clear_target();
  const auto pooled = PoolArm(arm, {v1::METRIC_MAE});
  ASSERT_TRUE(pooled.ok()) << pooled.status();
  EXPECT_EQ(pooled->n(), 3);
  EXPECT_DOUBLE_EQ(ValueIn(*pooled, v1::METRIC_MAE), 2);
}

TEST(PooledTest, TheDifferenceOfMeansIsThatOfSubjectsWithTheSameInterval) {
  const std::vector<double> targets(6, 0);
  const TestedArm a = ArmOf("a", targets, {1, 2, 3, 1, 2, 5}, 3);
  const TestedArm b = ArmOf("b", targets, {2, 2, 5, 4, 1, 7}, 3);
  const SampleSet samples = Subjects(6);
  const auto difference = PooledDifference(a, b, v1::METRIC_MAE, samples.ById(), 3);
  const auto mean = MeanWithInterval(std::vector<double>{-1, 0, -2, -3, 1, -2}, 3);
  ASSERT_TRUE(difference.ok() && mean.ok()) << difference.status() << mean.status();
  EXPECT_EQ(difference->n(), 6);
  EXPECT_DOUBLE_EQ(difference->value(), -7.0 / 6);
  EXPECT_NEAR(difference->lower(), mean->lower(), 1e-12);
  EXPECT_NEAR(difference->upper(), mean->upper(), 1e-12);
  EXPECT_LT(difference->lower(), difference->value());
  EXPECT_THAT(difference->method(), HasSubstr("95% BCa of the pooled metric"));
  EXPECT_THAT(difference->method(), HasSubstr("seed 3"));
}

TEST(PooledTest, OnlyFoldsAndItemsThatBothHaveAreCompared) {
  const TestedArm a = ArmOf("a", {1, 3, 2, 8}, {2, 4, 5, 6}, 2);
  TestedArm b = ArmOf("b", {1, 3, 2, 8}, {1, 3, 2, 8}, 2);
  const SampleSet samples = Subjects(4);
  b.folds[1].predictions[1].clear_target();
  EXPECT_DOUBLE_EQ(PooledDifference(a, b, v1::METRIC_MAE, samples.ById(), 1)->value(), 5.0 / 3);
  b.folds.erase(b.folds.begin());
  EXPECT_EQ(PooledDifference(a, b, v1::METRIC_MAE, samples.ById(), 1)->n(), 1);
  b.folds.clear();
  EXPECT_THAT(PooledDifference(a, b, v1::METRIC_MAE, samples.ById(), 1)->reason(),
              HasSubstr("no item was tested by both"));
}

TEST(PooledTest, ClassesAreComparedToo) {
  TestedArm a{.name = "a", .task = ClassTask()};
  TestedArm b{.name = "b", .task = ClassTask()};
  a.folds.resize(1);
  b.folds.resize(1);
  for (int i = 0; i < 8; ++i) {
    const std::string item = absl::StrCat("c/s", i, "/1");
    a.folds[0].predictions.push_back(MakeClassPrediction(item, i % 2, i % 2 == 0 ? 0.1 : 0.9));
    b.folds[0].predictions.push_back(MakeClassPrediction(item, i % 2, i < 4 ? 0.1 : 0.9));
  }
  const SampleSet samples = Subjects(8);
  const auto difference = PooledDifference(a, b, v1::METRIC_ACCURACY, samples.ById(), 1);
  ASSERT_TRUE(difference.ok()) << difference.status();
  EXPECT_DOUBLE_EQ(difference->value(), 0.5);
  EXPECT_TRUE(difference->has_lower());
}

}  // namespace
}  // namespace gyrus
