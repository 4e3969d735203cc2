#include "core/statistics/moments.h"

#include <limits>

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(MomentsTest, GiveTheGoldenValues) {
  EXPECT_THAT(Mean(kA), Holds(4.58333333333));
  EXPECT_THAT(StandardDeviation(kA, 1), Holds(1.67214251966));
  EXPECT_THAT(StandardDeviation(kA, 0), Holds(1.60095457636));
  const auto interval = MeanInterval(kA);
  ASSERT_TRUE(interval.ok());
  EXPECT_GOLDEN(interval->lower, 3.52090466345);
  EXPECT_GOLDEN(interval->upper, 5.64576200322);
}

TEST(MomentsTest, PercentilesLieLinearlyBetweenValues) {
  const Doubles values = {11, 1, 7, 2, 4};
  EXPECT_THAT(Percentile(values, 2.5), Holds(1.1));
  EXPECT_THAT(Percentile(values, 97.5), Holds(10.6));
  EXPECT_THAT(Percentile(values, 25), Holds(2.0));
  EXPECT_THAT(Percentile(values, 0), Holds(1.0));
  EXPECT_THAT(Percentile(values, 100), Holds(11.0));
  EXPECT_THAT(Median(Doubles{4, 1, 3, 2}), Holds(2.5));
  EXPECT_THAT(Percentile(values, 101), IsMisuse("101"));
}

TEST(MomentsTest, TooFewValuesHaveNoSpread) {
  EXPECT_THAT(Mean(Doubles{}), IsUndefinedBecause("no values"));
  EXPECT_THAT(Median(Doubles{}), IsUndefinedBecause("no values"));
  EXPECT_THAT(StandardDeviation(Doubles{}, 0), IsUndefinedBecause("0 values"));
  EXPECT_THAT(StandardDeviation(Doubles{7}, 1), IsUndefinedBecause("needs 2"));
  EXPECT_THAT(MeanInterval(Doubles{7}), IsUndefinedBecause("needs 2"));
  EXPECT_THAT(StandardDeviation(Doubles{7}, 0), Holds(0.0));
}

TEST(MomentsTest, EqualValuesSpreadByExactlyZero) {
  // The mean of three times 0.1 is not 0.1.
  EXPECT_EQ(*StandardDeviation(Doubles{0.1, 0.1, 0.1}, 1), 0);
}

TEST(MomentsTest, ANumberThatIsNotFiniteIsMisuse) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(Mean(Doubles{1, bad}), IsMisuse("value 1"));
    EXPECT_THAT(StandardDeviation(Doubles{1, bad}, 1), IsMisuse("value 1"));
    EXPECT_THAT(Percentile(Doubles{1, bad}, 50), IsMisuse("value 1"));
  }
  EXPECT_THAT(Mean(Doubles{1e308, 1e308}), IsUndefinedBecause("range of double"));
}

}  // namespace
}  // namespace gyrus
