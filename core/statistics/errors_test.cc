#include "core/statistics/errors.h"

#include "core/statistics/sums.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(ErrorsTest, GiveTheGoldenValues) {
  EXPECT_THAT(MeanAbsoluteError(kAge, kPredicted), Holds(2.86));
  EXPECT_THAT(AbsoluteErrorSd(kAge, kPredicted), Holds(1.9642357858));
  EXPECT_THAT(MedianAbsoluteError(kAge, kPredicted), Holds(2.9));
  EXPECT_THAT(RootMeanSquaredError(kAge, kPredicted), Holds(3.41350259997));
  EXPECT_NEAR(*MeanError(kAge, kPredicted), 0.02, 1e-14);
  EXPECT_THAT(R2(kAge, kPredicted), Holds(0.898353079111));
  EXPECT_THAT(ExplainedVariance(kAge, kPredicted), Holds(0.898356568535));
  EXPECT_THAT(WeightedMeanAbsoluteError(kAge, kPredicted), Holds(2.86 / (80.2 - 45.0)));
}

TEST(ErrorsTest, CalibrationLineGivesTheGoldenValues) {
  const auto line = FitLine(kAge, kPredicted);
  ASSERT_TRUE(line.ok());
  EXPECT_GOLDEN(line->slope, 0.688434565885);
  EXPECT_GOLDEN(line->intercept, 19.3900230389);
  EXPECT_THAT(FitLine(Doubles{2, 2}, Doubles{1, 3}), IsUndefinedBecause("two different values"));
  EXPECT_THAT(FitLine(Doubles{}, Doubles{}), IsUndefinedBecause("two different values"));
}

TEST(ErrorsTest, CumulativeScoresCountWhatIsAtTheBound) {
  EXPECT_EQ(*CumulativeScores(kAge, kPredicted, {0, 1, 2, 3, 4, 5}),
            (Doubles{0, 20, 40, 60, 80, 80}));
  EXPECT_EQ(*CumulativeScores(Doubles{1, 2}, Doubles{2, 4}, {1, 2}), (Doubles{50, 100}));
  EXPECT_THAT(CumulativeScores(kAge, kPredicted, {-1}), IsMisuse("below 0"));
  EXPECT_THAT(CumulativeScores(Doubles{}, Doubles{}, {1}), IsUndefinedBecause("no items"));
}

TEST(ErrorsTest, R2OfAPredictorWorseThanTheMeanIsNegative) {
  EXPECT_THAT(R2(Doubles{1, 2, 3}, Doubles{3, 2, 1}), Holds(-3.0));
}

TEST(ErrorsTest, AConstantOffsetIsNoLossOfExplainedVariance) {
  EXPECT_THAT(ExplainedVariance(Doubles{1, 2, 3}, Doubles{5, 6, 7}), Holds(1.0));
}

TEST(ErrorsTest, LongitudinalErrorsAreThoseOfChanges) {
  const Doubles age_change = Differences(Doubles{62, 71}, Doubles{60, 70});
  const Doubles predicted_change = Differences(Doubles{65, 70}, Doubles{61, 71});
  EXPECT_THAT(MeanError(age_change, predicted_change), Holds(0.0));
  EXPECT_THAT(MeanAbsoluteError(age_change, predicted_change), Holds(2.0));
}

TEST(ErrorsTest, WithoutItemsOrSpreadThereIsAReason) {
  const Doubles none;
  for (const auto function :
       {MeanAbsoluteError, AbsoluteErrorSd, MedianAbsoluteError, RootMeanSquaredError, MeanError,
        R2, ExplainedVariance, WeightedMeanAbsoluteError}) {
    EXPECT_THAT(function(none, none), IsUndefinedBecause("no items"));
    EXPECT_THAT(function(kA, kB), IsMisuse("12 and 9"));
    EXPECT_THAT(function({1, std::nan("")}, {1, 2}), IsMisuse("nan"));
    EXPECT_THAT(function({1, 2}, {1, std::nan("")}), IsMisuse("nan"));
  }
  for (const auto function : {R2, ExplainedVariance, WeightedMeanAbsoluteError}) {
    EXPECT_THAT(function({0.1, 0.1, 0.1}, {1, 2, 3}), IsUndefinedBecause("targets have one value"));
  }
  EXPECT_THAT(AbsoluteErrorSd(Doubles{1}, Doubles{2}), IsUndefinedBecause("needs 2"));
}

}  // namespace
}  // namespace gyrus
