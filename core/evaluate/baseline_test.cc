#include "core/evaluate/baseline.h"

#include <cmath>

#include "core/evaluate/metrics.h"
#include "core/evaluate/testing/evaluate_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

PlannedItems ItemsOf(const std::vector<double>& targets) {
  PlannedItems items;
  for (const double target : targets) items.Add()->set_target(target);
  return items;
}

TEST(BaselineTest, OfANumberPredictsTheMeanOfTheTrainingTargets) {
  PlannedItems train = ItemsOf({1, 2, 6});
  train.Add();  // An item without a target.
  PlannedItems test = ItemsOf({1, 5});
  test.Add();
  const auto baseline = BaselineOf(NumberTask(), train, test);
  ASSERT_TRUE(baseline.ok()) << baseline.status();
  ASSERT_EQ(baseline->values_size(), 1);
  EXPECT_DOUBLE_EQ(*ValueOf(*baseline, v1::METRIC_MAE), 2);
}

TEST(BaselineTest, OfClassesIsTheMostFrequentOneOfTraining) {
  const auto baseline = BaselineOf(ClassTask(), ItemsOf({0, 1, 1, 2}), ItemsOf({1, 1, 0, 2}));
  ASSERT_TRUE(baseline.ok()) << baseline.status();
  ASSERT_EQ(baseline->values_size(), 1);
  EXPECT_DOUBLE_EQ(*ValueOf(*baseline, v1::METRIC_ACCURACY), 0.5);
  // Among equally frequent classes the first is predicted.
  EXPECT_DOUBLE_EQ(*ValueOf(*BaselineOf(ClassTask(), ItemsOf({1, 0}), ItemsOf({0, 0, 0, 1})),
                            v1::METRIC_ACCURACY),
                   0.75);
}

TEST(BaselineTest, WithoutATestTargetItIsUndefined) {
  PlannedItems test;
  test.Add();
  for (const v1::Task& task : {NumberTask(), ClassTask()}) {
    const auto baseline = BaselineOf(task, ItemsOf({1}), test);
    ASSERT_TRUE(baseline.ok()) << baseline.status();
    EXPECT_FALSE(baseline->values(0).has_value());
    EXPECT_EQ(baseline->values(0).reason(), "there are no items");
  }
}

TEST(BaselineTest, WithoutATrainingTargetItIsUndefined) {
  for (const v1::Task& task : {NumberTask(), ClassTask()}) {
    const auto baseline = BaselineOf(task, ItemsOf({}), ItemsOf({1}));
    ASSERT_TRUE(baseline.ok()) << baseline.status();
    EXPECT_EQ(baseline->values(0).reason(), "no training item has a target");
  }
}

TEST(BaselineTest, TargetsThatAreNotFiniteAreRefused) {
  EXPECT_FALSE(BaselineOf(NumberTask(), ItemsOf({std::nan("")}), ItemsOf({1})).ok());
  EXPECT_FALSE(BaselineOf(NumberTask(), ItemsOf({1}), ItemsOf({std::nan("")})).ok());
}

TEST(BaselineTest, ImagesHaveNone) {
  v1::Task task;
  task.mutable_segmentation();
  EXPECT_TRUE(BaselineOf(task, ItemsOf({}), ItemsOf({}))->values().empty());
}

}  // namespace
}  // namespace gyrus
