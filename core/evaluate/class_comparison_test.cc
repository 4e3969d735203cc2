#include "core/evaluate/class_comparison.h"

#include <string>
#include <vector>

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// All items in one fold.
TestedArm ArmOf(const std::vector<int>& labels, const Doubles& scores) {
  TestedArm arm{.name = "arm", .task = ClassTask()};
  TestedFold& fold = arm.folds.emplace_back();
  for (size_t i = 0; i < labels.size(); ++i) {
    fold.predictions.push_back(MakeClassPrediction(absl::StrCat("item-", i), labels[i], scores[i]));
  }
  return arm;
}

v1::Comparison MustCompare(const TestedArm& first, const TestedArm& second) {
  v1::Comparison comparison;
  const absl::Status status = CompareClasses(first, second, comparison);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(comparison.tests(0).kind(), v1::TEST_KIND_MCNEMAR);
  EXPECT_EQ(comparison.tests(1).kind(), v1::TEST_KIND_DELONG);
  return comparison;
}

TEST(ClassComparisonTest, GivesTheGoldenValues) {
  const v1::Comparison aucs = MustCompare(ArmOf(kLabels, kScores1), ArmOf(kLabels, kScores2));
  EXPECT_GOLDEN(aucs.tests(1).statistic(), -.344880749358);
  EXPECT_GOLDEN(aucs.tests(1).p(), .730184023514);

  // Seven that only the first has right, two that only the second.
  const std::vector<int> labels(11, 1);
  const Doubles first = {.9, .9, .9, .9, .9, .9, .9, .1, .1, .9, .1};
  const Doubles second = {.1, .1, .1, .1, .1, .1, .1, .9, .9, .9, .1};
  const v1::Comparison decisions = MustCompare(ArmOf(labels, first), ArmOf(labels, second));
  EXPECT_GOLDEN(decisions.tests(0).p(), .1796875);
  EXPECT_THAT(decisions.tests(0).n(), testing::ElementsAre(7, 2));
  EXPECT_NE(decisions.tests(1).reason(), "");  // One class has no AUC.
}

TEST(ClassComparisonTest, AnItemOfSeveralRepeatsCountsOnce) {
  TestedArm first = ArmOf({1, 0}, {.9, .2});
  TestedArm second = ArmOf({1, 0}, {.4, .2});
  for (TestedArm* const arm : {&first, &second}) {
    arm->folds.push_back(arm->folds.front());
    arm->folds.back().repeat = 1;
  }
  EXPECT_THAT(MustCompare(first, second).tests(0).n(), testing::ElementsAre(1, 0));
  // Its probabilities are averaged: 0.4 and 0.7 are positive.
  second.folds[1].predictions[0] = MakeClassPrediction("item-0", 1, .7);
  EXPECT_NE(MustCompare(first, second).tests(0).reason(), "");
}

TEST(ClassComparisonTest, OnlyWhatBothArmsHaveIsCompared) {
  TestedArm first = ArmOf({1, 0}, {.9, .2});
  TestedArm second = ArmOf({1, 0}, {.4, .7});
  first.folds[0].predictions[1].clear_target();
  second.folds[0].predictions[1].clear_target();
  first.folds.push_back(ArmOf({0, 0}, {.1, .1}).folds[0]);
  first.folds[1].fold = 1;
  EXPECT_THAT(MustCompare(first, second).tests(0).n(), testing::ElementsAre(1, 0));
}

TEST(ClassComparisonTest, OfThreeClassesThereIsNoAuc) {
  TestedArm first{.name = "arm", .task = ClassTask()};
  v1::Prediction p = MakePrediction("item", 2, 2);
  for (const double probability : {.1, .2, .7}) p.add_probabilities(probability);
  first.folds.push_back({.predictions = {p}});
  TestedArm second = first;
  second.folds[0].predictions[0].set_probabilities(0, .8);
  const v1::Comparison comparison = MustCompare(first, second);
  EXPECT_THAT(comparison.tests(0).n(), testing::ElementsAre(1, 0));
  EXPECT_EQ(comparison.tests(1).reason(), "there are more than two classes");
}

TEST(ClassComparisonTest, EqualDecisionsAreUndefined) {
  const TestedArm arm = ArmOf(kLabels, kScores1);
  const v1::Comparison comparison = MustCompare(arm, arm);
  EXPECT_THAT(comparison.tests(0).reason(), testing::HasSubstr("the same items"));
  EXPECT_NE(comparison.tests(1).reason(), "");
}

}  // namespace
}  // namespace gyrus
