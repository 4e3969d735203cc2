#include "core/statistics/calibration.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using Labels = std::vector<int>;

TEST(CalibrationTest, GivesTheGoldenValues) {
  EXPECT_THAT(BrierScore(kLabels, kScores1), Holds(.151616666667));
  EXPECT_THAT(LogLoss(kLabels, kScores1), Holds(.461773764907));
  EXPECT_THAT(ExpectedCalibrationError(kLabels, kScores1), Holds(.273333333333));
}

TEST(CalibrationTest, BinsAreClosedOnTheRight) {
  const auto bins = ReliabilityBins(Labels{0, 0, 1, 1, 1}, Doubles{0, 0.1, 0.10001, 0.7, 1});
  ASSERT_TRUE(bins.ok());
  EXPECT_EQ((*bins)[0].n, 2);
  EXPECT_EQ((*bins)[1].n, 1);
  EXPECT_EQ((*bins)[6].n, 1);
  EXPECT_EQ((*bins)[9].n, 1);
  EXPECT_THAT((*bins)[0].mean_probability, Holds(0.05));
  EXPECT_THAT((*bins)[5].share_positive, IsUndefinedBecause("no values"));
}

TEST(CalibrationTest, EveryEdgeIsInTheBinThatItCloses) {
  for (int bins = 1; bins < 60; ++bins) {
    for (int edge = 1; edge <= bins; ++edge) {
      const double p = static_cast<double>(edge) / bins;
      const auto result = ReliabilityBins(Labels{1}, Doubles{p}, bins);
      ASSERT_EQ((*result)[edge - 1].n, 1) << p << " of " << bins;
    }
  }
}

TEST(CalibrationTest, ACertainMistakeIsAFiniteLoss) {
  EXPECT_NEAR(*LogLoss(Labels{1}, Doubles{0}), 52 * std::log(2.0), 1e-9);
}

TEST(CalibrationTest, NeedsItemsAndProbabilities) {
  for (const auto function : {BrierScore, LogLoss}) {
    EXPECT_THAT(function(Labels{}, Doubles{}), IsUndefinedBecause("no items"));
    EXPECT_THAT(function(Labels{1}, Doubles{1.01}), IsMisuse("1.01 is no probability"));
  }
  EXPECT_THAT(ExpectedCalibrationError(Labels{}, Doubles{}), IsUndefinedBecause("no items"));
  EXPECT_THAT(ReliabilityBins(Labels{1}, Doubles{1}, 0), IsMisuse("no bins"));
}

}  // namespace
}  // namespace gyrus
