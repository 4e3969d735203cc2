#include "core/statistics/proportion.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(ProportionTest, IntervalsGiveTheGoldenValues) {
  const auto wilson = WilsonInterval(9, 12);
  ASSERT_TRUE(wilson.ok());
  EXPECT_GOLDEN(wilson->lower, .467694665066);
  EXPECT_GOLDEN(wilson->upper, .911058331606);
  const auto exact = ClopperPearsonInterval(9, 12);
  ASSERT_TRUE(exact.ok());
  EXPECT_GOLDEN(exact->lower, .428141538122);
  EXPECT_GOLDEN(exact->upper, .945139355472);
}

TEST(ProportionTest, McNemarGivesTheGoldenValues) {
  EXPECT_GOLDEN(McNemarExact(7, 2)->p, .1796875);
  EXPECT_GOLDEN(McNemarChiSquared(7, 2)->p, .182422439452);
  EXPECT_EQ(McNemarExact(3, 3)->p, 1);
  EXPECT_EQ(McNemarExact(2, 7)->p, McNemarExact(7, 2)->p);
}

TEST(ProportionTest, IntervalsMirrorAndStayInside) {
  for (const auto function : {WilsonInterval, ClopperPearsonInterval}) {
    for (uint64_t k = 0; k <= 7; ++k) {
      const Interval interval = *function(k, 7, 0.95);
      const Interval mirrored = *function(7 - k, 7, 0.95);
      EXPECT_NEAR(interval.lower, 1 - mirrored.upper, 1e-12);
      EXPECT_GE(interval.lower, 0);
      EXPECT_LE(interval.upper, 1);
    }
    EXPECT_NEAR(function(0, 7, 0.95)->lower, 0, 1e-15);
  }
}

TEST(ProportionTest, WithoutTrialsThereIsNoShare) {
  for (const auto function : {WilsonInterval, ClopperPearsonInterval}) {
    EXPECT_THAT(function(0, 0, 0.95), IsUndefinedBecause("no items"));
    EXPECT_THAT(function(3, 2, 0.95), IsMisuse("3 successes"));
    EXPECT_THAT(function(1, 2, 1), IsMisuse("level"));
  }
  EXPECT_THAT(McNemarExact(0, 0), IsUndefinedBecause("the same items"));
  EXPECT_THAT(McNemarChiSquared(0, 0), IsUndefinedBecause("the same items"));
}

}  // namespace
}  // namespace gyrus
