#include "core/statistics/roc.h"

#include <limits>

#include "core/statistics/confusion.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using Labels = std::vector<int>;

TEST(RocTest, AreasGiveTheGoldenValues) {
  EXPECT_THAT(AreaUnderRoc(kLabels, kScores1), Holds(.842857142857));
  EXPECT_THAT(AreaUnderRoc(kLabels, kScores2), Holds(.885714285714));
  EXPECT_THAT(AveragePrecision(kLabels, kScores1), Holds(.821111111111));
}

TEST(RocTest, DeLongGivesTheGoldenValues) {
  const auto pair = CompareRoc(kLabels, kScores1, kScores2);
  ASSERT_TRUE(pair.ok());
  EXPECT_GOLDEN(pair->first.variance, .0161224489796);
  EXPECT_GOLDEN(pair->second.variance, .0103401360544);
  EXPECT_GOLDEN(pair->covariance, .00551020408163);
  EXPECT_GOLDEN(pair->test.statistic, -.344880749358);
  EXPECT_GOLDEN(pair->test.p, .730184023514);
  EXPECT_GOLDEN(pair->first.interval.lower, .593992272207);
  EXPECT_EQ(pair->first.interval.upper, 1);  // 1.09172201351, cut.
  ASSERT_TRUE(pair->first.logit_interval.ok());
  EXPECT_GT(pair->first.logit_interval->lower, 0);
  EXPECT_LT(pair->first.logit_interval->upper, 1);
}

TEST(RocTest, TheLogitIntervalIsSymmetricInLogits) {
  const auto one = DeLongOf(kLabels, kScores1);
  ASSERT_TRUE(one.ok() && one->logit_interval.ok());
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  const double half = 1.959963984540054 * std::sqrt(one->variance) / (one->auc * (1 - one->auc));
  EXPECT_NEAR(logit(one->logit_interval->lower), logit(one->auc) - half, 1e-12);
  EXPECT_NEAR(logit(one->logit_interval->upper), logit(one->auc) + half, 1e-12);
}

TEST(RocTest, SwappingScoresSwapsTheSign) {
  const auto one = CompareRoc(kLabels, kScores1, kScores2);
  const auto other = CompareRoc(kLabels, kScores2, kScores1);
  EXPECT_DOUBLE_EQ(one->test.statistic, -other->test.statistic);
  EXPECT_DOUBLE_EQ(one->test.p, other->test.p);
}

TEST(RocTest, OneClassHasNoArea) {
  EXPECT_THAT(AreaUnderRoc(Labels{1, 1}, Doubles{0.1, 0.2}), IsUndefinedBecause("is negative"));
  EXPECT_THAT(AreaUnderRoc(Labels{0, 0}, Doubles{0.1, 0.2}), IsUndefinedBecause("is positive"));
  EXPECT_THAT(RocCurve(Labels{0}, Doubles{0.1}), IsUndefinedBecause("is positive"));
  EXPECT_THAT(YoudenThreshold(Labels{0}, Doubles{0.1}), IsUndefinedBecause("is positive"));
  EXPECT_THAT(AveragePrecision(Labels{0}, Doubles{0.1}), IsUndefinedBecause("is positive"));
  EXPECT_THAT(DeLongOf(Labels{1, 0, 0}, Doubles{1, 2, 3}), IsUndefinedBecause("one item"));
  EXPECT_THAT(AreaUnderRoc(Labels{1, 3}, Doubles{0.1, 0.2}), IsMisuse("label is 3"));
}

TEST(RocTest, ConstantScoresHaveHalfTheAreaAndNoDifference) {
  const Doubles constant(kLabels.size(), 0.3);
  EXPECT_THAT(AreaUnderRoc(kLabels, constant), Holds(0.5));
  EXPECT_THAT(CompareRoc(kLabels, constant, constant), IsUndefinedBecause("rank the items alike"));
  Doubles doubled = kScores1;
  for (double& score : doubled) score *= 2;
  EXPECT_THAT(CompareRoc(kLabels, kScores1, doubled), IsUndefinedBecause("rank the items alike"));
}

TEST(RocTest, APerfectRankingHasNoLogit) {
  const auto perfect = DeLongOf(Labels{1, 1, 0, 0}, Doubles{4, 3, 2, 1});
  ASSERT_TRUE(perfect.ok());
  EXPECT_EQ(perfect->auc, 1);
  EXPECT_EQ(perfect->interval, (Interval{1, 1}));
  EXPECT_THAT(perfect->logit_interval, IsUndefinedBecause("no logit"));
}

TEST(RocTest, TheCurveHasAPointForEachScoreAndTheAreaBelow) {
  const auto curve = RocCurve(kLabels, kScores1);
  ASSERT_TRUE(curve.ok());
  EXPECT_EQ(curve->size(), 12);  // Infinity and 11 different scores.
  EXPECT_EQ(curve->front().threshold, std::numeric_limits<double>::infinity());
  EXPECT_EQ(curve->back().sensitivity, 1);
  EXPECT_EQ(curve->back().false_positive_rate, 1);
  double area = 0;
  for (size_t i = 1; i < curve->size(); ++i) {
    const RocPoint& a = (*curve)[i - 1];
    const RocPoint& b = (*curve)[i];
    area += (b.false_positive_rate - a.false_positive_rate) * (a.sensitivity + b.sensitivity) / 2;
  }
  EXPECT_NEAR(area, .842857142857, 1e-12);
}

TEST(RocTest, YoudensThresholdIsTheHighestOfTheBest) {
  const auto threshold = YoudenThreshold(kLabels, kScores1);
  ASSERT_TRUE(threshold.ok());
  EXPECT_EQ(*threshold, .55);
  const auto c = ConfusionAt(kLabels, kScores1, *threshold);
  EXPECT_NEAR(*Sensitivity(*c) + *Specificity(*c) - 1, .8 + 6.0 / 7 - 1, 1e-15);
  // 3 and 1 are as good; a score that says nothing keeps all positives.
  EXPECT_EQ(*YoudenThreshold(Labels{1, 0, 1, 0}, Doubles{3, 2, 1, 0}), 3);
  EXPECT_EQ(*YoudenThreshold(Labels{1, 0}, Doubles{1, 1}), 1);
}

}  // namespace
}  // namespace gyrus
