#include "core/evaluate/constant_predictions.h"

#include "core/evaluate/testing/evaluate_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ConstantPredictionsTest, EachFoldOfOneAnswerIsNamed) {
  TestedArm arm{.name = "T1w", .task = NumberTask()};
  arm.folds.push_back({.fold = 0, .predictions = MakePredictions({1, 2, 3}, {5, 5, 5})});
  arm.folds.push_back({.fold = 1, .predictions = MakePredictions({1, 2, 3}, {5, 5, 5.0001})});
  arm.folds.push_back({.repeat = 1, .fold = 2, .predictions = MakePredictions({1, 2}, {0, 0})});
  EXPECT_THAT(ConstantPredictionWarnings(arm),
              ElementsAre(HasSubstr("arm T1w: repeat 0 fold 0: all 3 test predictions"),
                          AllOf(HasSubstr("repeat 1 fold 2"), HasSubstr("all 2"))));
}

TEST(ConstantPredictionsTest, OneClassForAllIsNoConstantWhereProbabilitiesDiffer) {
  TestedArm arm{.name = "all", .task = ClassTask()};
  arm.folds.push_back(
      {.predictions = {MakeClassPrediction("a", 0, 0.7), MakeClassPrediction("b", 1, 0.8)}});
  EXPECT_THAT(ConstantPredictionWarnings(arm), IsEmpty());
  arm.folds.push_back(
      {.predictions = {MakeClassPrediction("a", 0, 0.7), MakeClassPrediction("b", 1, 0.7)}});
  EXPECT_EQ(ConstantPredictionWarnings(arm).size(), 1);
}

TEST(ConstantPredictionsTest, OnePredictionAndAnswersOfOtherKindsSayNothing) {
  TestedArm arm{.name = "all"};
  arm.folds.push_back({.predictions = MakePredictions({1}, {5})});
  arm.folds.push_back({.predictions = {v1::Prediction(), v1::Prediction()}});
  EXPECT_THAT(ConstantPredictionWarnings(arm), IsEmpty());
}

}  // namespace
}  // namespace gyrus
