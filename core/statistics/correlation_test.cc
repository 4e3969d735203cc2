#include "core/statistics/correlation.h"

#include "core/statistics/sums.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(CorrelationTest, PearsonGivesTheGoldenValues) {
  const auto r = Pearson(kA, kQ);
  ASSERT_TRUE(r.ok());
  EXPECT_GOLDEN(r->coefficient, .95694801311);
  ASSERT_TRUE(r->test.ok());
  EXPECT_GOLDEN(r->test->p, 1.08341914651e-6);
  EXPECT_EQ(r->test->df, Doubles{10});
  ASSERT_TRUE(r->interval.ok());
  EXPECT_GOLDEN(r->interval->lower, .849692343039);
  EXPECT_GOLDEN(r->interval->upper, .988158757486);
}

TEST(CorrelationTest, SpearmanAndKendallGiveTheGoldenValues) {
  const auto rho = Spearman(kA, kQ);
  ASSERT_TRUE(rho.ok());
  EXPECT_GOLDEN(rho->coefficient, .973558600899);
  EXPECT_GOLDEN(rho->test->p, 9.73726163353e-8);
  EXPECT_EQ(rho->test->ties, 5);  // 4.5 three times, 4.9 twice.
  EXPECT_THAT(rho->interval, IsUndefinedBecause("Pearson's"));
  const auto tau = Kendall(kA, kQ);
  ASSERT_TRUE(tau.ok());
  EXPECT_GOLDEN(tau->coefficient, .921987554179);
  EXPECT_GOLDEN(tau->test->p, 4.30505421254e-5);
}

TEST(CorrelationTest, TiesOfThreeWidenKendallsVariance) {
  const auto tau = Kendall(Doubles{1, 1, 1, 2, 3, 3, 3, 4}, Doubles{2, 2, 2, 1, 3, 5, 5, 5});
  ASSERT_TRUE(tau.ok());
  EXPECT_GOLDEN(tau->coefficient, 0.6363636363636362);
  EXPECT_GOLDEN(tau->test->p, 0.05220363534131463);
}

TEST(CorrelationTest, OfTheGapWithAgeGivesTheGoldenValues) {
  const Doubles gaps = Differences(kPredicted, kAge);
  EXPECT_GOLDEN(Pearson(gaps, kAge)->coefficient, -.977258847011);
  EXPECT_GOLDEN(Spearman(gaps, kAge)->coefficient, -.987878787879);
}

TEST(CorrelationTest, WithoutTiesKendallsPIsExact) {
  // Six of the 24 orders of four numbers have at least five concordant pairs or at most
  // one: 1 + 3 at either end.
  const auto tau = Kendall(Doubles{1, 2, 3, 4}, Doubles{1, 2, 4, 3});
  ASSERT_TRUE(tau.ok());
  EXPECT_THAT(tau->test->variant, testing::HasSubstr("exact"));
  EXPECT_DOUBLE_EQ(tau->test->p, 8.0 / 24);
  EXPECT_DOUBLE_EQ(Kendall(Doubles{1, 2, 3, 4}, Doubles{1, 2, 3, 4})->test->p, 2.0 / 24);
}

TEST(CorrelationTest, IsSymmetricAndBounded) {
  for (const auto function : {Spearman, Kendall}) {
    EXPECT_DOUBLE_EQ(function(kA, kQ)->coefficient, function(kQ, kA)->coefficient);
    EXPECT_DOUBLE_EQ(function(kA, kA)->coefficient, 1);
  }
  EXPECT_EQ(*PearsonR(Doubles{0, 3, 6}, Doubles{0, 9, 18}), 1);
  EXPECT_EQ(Pearson(Doubles{0, 3, 6}, Doubles{18, 9, 0})->test->p, 0);
}

TEST(CorrelationTest, ConstantPredictionsHaveNone) {
  for (const auto function : {Spearman, Kendall}) {
    EXPECT_THAT(function({0.1, 0.1, 0.1}, {1, 2, 3}), IsUndefinedBecause("has one value"));
    EXPECT_THAT(function({1}, {1}), IsUndefinedBecause("fewer than two pairs"));
    EXPECT_THAT(function({1, 2}, {1}), IsMisuse("2 and 1"));
  }
  EXPECT_THAT(PearsonR({1, 2, 3}, {0.1, 0.1, 0.1}), IsUndefinedBecause("has one value"));
}

TEST(CorrelationTest, FewPairsHaveACoefficientButNoTestOrInterval) {
  const Doubles x = {1, 2};
  const Doubles y = {3, 1};
  for (const auto& result : {Pearson(x, y), Spearman(x, y), Kendall(x, y)}) {
    ASSERT_TRUE(result.ok());
    EXPECT_DOUBLE_EQ(result->coefficient, -1);
    EXPECT_THAT(result->test, IsUndefinedBecause("two pairs"));
  }
  const auto three = Pearson(Doubles{1, 2, 3}, Doubles{1, 3, 2});
  EXPECT_TRUE(three->test.ok());
  EXPECT_THAT(three->interval, IsUndefinedBecause("four pairs"));
}

}  // namespace
}  // namespace gyrus
