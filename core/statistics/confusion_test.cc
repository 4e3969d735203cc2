#include "core/statistics/confusion.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(ConfusionTest, GivesTheGoldenValues) {
  const auto c = ConfusionAt(kLabels, kScores1);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->true_positives, 4);
  EXPECT_EQ(c->false_positives, 1);
  EXPECT_EQ(c->true_negatives, 6);
  EXPECT_EQ(c->false_negatives, 1);
  EXPECT_THAT(Accuracy(*c), Holds(.833333333333));
  EXPECT_THAT(Sensitivity(*c), Holds(.8));
  EXPECT_THAT(Specificity(*c), Holds(.857142857143));
  EXPECT_THAT(BalancedAccuracy(*c), Holds(.828571428571));
  EXPECT_THAT(PositivePredictiveValue(*c), Holds(.8));
  EXPECT_THAT(NegativePredictiveValue(*c), Holds(.857142857143));
  EXPECT_THAT(F1(*c), Holds(.8));
  EXPECT_THAT(MatthewsCorrelation(*c), Holds(.657142857143));
  EXPECT_THAT(CohensKappa(*c), Holds(.657142857143));
}

TEST(ConfusionTest, TheThresholdIsInclusive) {
  const auto at = ConfusionAt({1, 0}, {0.5, 0.5}, 0.5);
  EXPECT_EQ(at->true_positives, 1);
  EXPECT_EQ(at->false_positives, 1);
  EXPECT_EQ(ConfusionAt({1, 0}, {0.5, 0.5}, 0.51)->true_positives, 0);
}

TEST(ConfusionTest, AFoldOfOneClassHasNoRatioOfTheOther) {
  const auto all_positive = ConfusionAt({1, 1}, {0.9, 0.1});
  ASSERT_TRUE(all_positive.ok());
  EXPECT_THAT(Sensitivity(*all_positive), Holds(0.5));
  EXPECT_THAT(Specificity(*all_positive), IsUndefinedBecause("no item is negative"));
  EXPECT_THAT(BalancedAccuracy(*all_positive), IsUndefinedBecause("no item is negative"));
  EXPECT_THAT(MatthewsCorrelation(*all_positive), IsUndefinedBecause("class is missing"));
  const auto all_negative = ConfusionAt({0, 0}, {0.2, 0.1});
  EXPECT_THAT(Sensitivity(*all_negative), IsUndefinedBecause("no item is positive"));
  EXPECT_THAT(PositivePredictiveValue(*all_negative), IsUndefinedBecause("decision is positive"));
  EXPECT_THAT(F1(*all_negative), IsUndefinedBecause("neither"));
  EXPECT_THAT(CohensKappa(*all_negative), IsUndefinedBecause("all of one class"));
  const auto decided_positive = ConfusionAt({1, 1}, {0.9, 0.9});
  EXPECT_THAT(NegativePredictiveValue(*decided_positive), IsUndefinedBecause("is negative"));
}

TEST(ConfusionTest, WithoutItemsNothingIsDefined) {
  const Confusion none;
  for (const auto function :
       {Accuracy, Sensitivity, Specificity, BalancedAccuracy, PositivePredictiveValue,
        NegativePredictiveValue, F1, MatthewsCorrelation, CohensKappa}) {
    EXPECT_TRUE(function(none).is_undefined());
  }
}

TEST(ConfusionTest, LabelsAreZeroOrOne) {
  EXPECT_THAT(ConfusionAt({2}, {0.5}), IsMisuse("label is 2"));
  EXPECT_THAT(ConfusionAt({1, 0}, {0.5}), IsMisuse("2 labels for 1 scores"));
  EXPECT_THAT(ConfusionAt({1}, {std::nan("")}), IsMisuse("finite"));
  EXPECT_THAT(ConfusionAt({1}, {0.5}, std::nan("")), IsMisuse("threshold"));
}

}  // namespace
}  // namespace gyrus
