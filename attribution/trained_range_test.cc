#include "attribution/trained_range.h"

#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::TrialSpec TrainedOnAdults() {
  v1::TrialSpec trial;
  trial.mutable_task()->mutable_regression()->set_target("age");
  trial.mutable_task()->mutable_regression()->set_unit("years");
  for (const double age : {44.5, 20.25, 86.0}) trial.add_train_items()->set_target(age);
  trial.add_train_items();  // Without a target.
  return trial;
}

TEST(TrainedRangeTest, IsThatOfTheTrainingTargets) {
  const auto range = TrainedRangeOf(TrainedOnAdults());
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->n, 3);
  EXPECT_EQ(Describe(*range),
            "3 items with age 20.25 to 86 years; of anybody outside of that range the prediction "
            "is a guess");
}

TEST(TrainedRangeTest, APredictionOutsideOfItIsWarnedOf) {
  const auto range = TrainedRangeOf(TrainedOnAdults());
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(WarningOf(*range, 79.56), "");
  EXPECT_EQ(WarningOf(*range, 0.5),
            "the prediction, 0.5, is outside of the range that the network was trained on, 20.25 "
            "to 86");
}

TEST(TrainedRangeTest, ClassesHaveNone) {
  v1::TrialSpec trial = TrainedOnAdults();
  trial.mutable_task()->mutable_classification();
  EXPECT_FALSE(TrainedRangeOf(trial).has_value());
  EXPECT_FALSE(TrainedRangeOf({}).has_value());
}

}  // namespace
}  // namespace gyrus
