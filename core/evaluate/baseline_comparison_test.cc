#include "core/evaluate/baseline_comparison.h"

#include "core/evaluate/testing/evaluate_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// Two folds of two subjects, with errors of 1, 1 and 1, 3; the baseline says 5 everywhere,
// with errors of 3, 1 and 2, 3.
TestedArm MakeArm() {
  TestedArm arm{.name = "a", .task = NumberTask()};
  arm.folds.resize(2);
  arm.folds[1].fold = 1;
  arm.folds[0].predictions = {MakePrediction("c/s0/1", 2, 3), MakePrediction("c/s1/1", 4, 5)};
  arm.folds[1].predictions = {MakePrediction("c/s2/1", 7, 6), MakePrediction("c/s3/1", 8, 5)};
  for (TestedFold& fold : arm.folds) fold.baseline = 5;
  return arm;
}

SamplesById Samples() {
  static const auto* const kSamples = [] {
    auto* const samples = new SampleSet;
    for (int i = 0; i < 4; ++i) samples->Add(absl::StrCat("s", i));
    return samples;
  }();
  return kSamples->ById();
}

v1::BaselineComparison MustCompare(const TestedArm& arm, const BaselineOptions& options) {
  const auto comparison = CompareWithBaseline(arm, Samples(), options);
  EXPECT_TRUE(comparison.ok() && comparison->has_value()) << comparison.status();
  return comparison.ok() && comparison->has_value() ? **comparison : v1::BaselineComparison();
}

// The folds differ by -1 and -0.5: t of 1 degree of freedom is 12.7062, and with two folds
// the variance 0.125 counts 1/2 + 1 times.
TEST(BaselineComparisonTest, OfFoldsHasTheIntervalOfTheCorrectedT) {
  const v1::BaselineComparison comparison = MustCompare(MakeArm(), {.k = 2});
  EXPECT_EQ(comparison.metric(), v1::METRIC_MAE);
  EXPECT_EQ(comparison.difference().n(), 2);
  EXPECT_DOUBLE_EQ(comparison.difference().value(), -0.75);
  EXPECT_NEAR(comparison.difference().lower(), -0.75 - 12.706204736432095 * 0.4330127018922193,
              1e-9);
  EXPECT_NEAR(comparison.difference().upper(), -0.75 + 12.706204736432095 * 0.4330127018922193,
              1e-9);
  EXPECT_THAT(comparison.difference().method(), HasSubstr("over folds"));
}

TEST(BaselineComparisonTest, OfItemsDrawsSubjects) {
  const v1::BaselineComparison comparison =
      MustCompare(MakeArm(), {.pool = v1::POOL_ITEMS, .k = 2, .seed = 7});
  EXPECT_EQ(comparison.difference().n(), 4);
  EXPECT_DOUBLE_EQ(comparison.difference().value(), (-2.0 + 0 - 1 + 0) / 4);
  EXPECT_GE(comparison.difference().lower(), -2);
  EXPECT_LE(comparison.difference().upper(), 0);
  EXPECT_THAT(comparison.difference().method(),
              HasSubstr("BCa, 2000 resamples of subjects, seed 7"));
}

TEST(BaselineComparisonTest, OfClassesIsOfTheAccuracy) {
  TestedArm arm{.name = "a", .task = ClassTask()};
  arm.folds.resize(1);
  arm.folds[0].baseline = 0;
  for (int i = 0; i < 4; ++i) {
    arm.folds[0].predictions.push_back(
        MakeClassPrediction(absl::StrCat("c/s", i, "/1"), i == 0 ? 0 : 1, i < 3 ? 0.9 : 0.1));
  }
  const v1::BaselineComparison comparison = MustCompare(arm, {.pool = v1::POOL_ITEMS, .k = 2});
  EXPECT_EQ(comparison.metric(), v1::METRIC_ACCURACY);
  EXPECT_DOUBLE_EQ(comparison.difference().value(), 2.0 / 4 - 1.0 / 4);
}

TEST(BaselineComparisonTest, WhatCannotBeComparedHasAReason) {
  TestedArm arm = MakeArm();
  arm.folds.pop_back();
  const v1::Estimate one_fold = MustCompare(arm, {.k = 2}).difference();
  EXPECT_DOUBLE_EQ(one_fold.value(), -1);
  EXPECT_FALSE(one_fold.has_lower());
  EXPECT_THAT(one_fold.reason(), HasSubstr("fewer than two folds"));
  arm.folds[0].baseline.reset();
  EXPECT_FALSE(MustCompare(arm, {.k = 2}).difference().has_value());
  EXPECT_FALSE(CompareWithBaseline(MakeArm(), Samples(), {.k = 1}).ok());
  TestedArm images{.name = "a"};
  images.task.mutable_reconstruction();
  EXPECT_FALSE(CompareWithBaseline(images, Samples(), {.k = 2})->has_value());
}

}  // namespace
}  // namespace gyrus
