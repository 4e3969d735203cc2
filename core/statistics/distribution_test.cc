#include "core/statistics/distribution.h"

#include <limits>

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(DistributionTest, QuantilesUndoCdfs) {
  EXPECT_DOUBLE_EQ(NormalQuantile(0.975), 1.959963984540054);
  for (const double p : {1e-6, 0.025, 0.3, 0.5, 0.9}) {
    EXPECT_NEAR(NormalCdf(NormalQuantile(p)), p, 1e-14);
    EXPECT_NEAR(1 - StudentSurvival(StudentQuantile(p, 3.5), 3.5), p, 1e-12);
    EXPECT_NEAR(1 - BetaSurvival(BetaQuantile(p, 2, 5), 2, 5), p, 1e-12);
  }
}

TEST(DistributionTest, FarTailsKeepTheirDigits) {
  EXPECT_NEAR(NormalSurvival(30) / 4.906713927148187e-198, 1, 1e-10);
  EXPECT_NEAR(StudentSurvival(1e6, 1) * M_PI * 1e6, 1, 1e-10);
}

TEST(DistributionTest, NothingThrows) {
  EXPECT_EQ(NormalSurvival(kInfinity), 0);
  EXPECT_EQ(StudentSurvival(kInfinity, 3), 0);
  EXPECT_TRUE(std::isnan(StudentSurvival(1, -1)));
  EXPECT_TRUE(std::isnan(FSurvival(1, 0, 3)));
  EXPECT_TRUE(std::isnan(BetaQuantile(2, 1, 1)));
  EXPECT_TRUE(std::isnan(NoncentralityFor(1e12, 3, 0.5)));
}

TEST(DistributionTest, TheNoncentralityIsTheOneOfTheProbability) {
  for (const double t : {-3.0, 0.0, 0.5, 12.0}) {
    for (const double p : {0.025, 0.975}) {
      EXPECT_NEAR(NoncentralStudentCdf(t, 9, NoncentralityFor(t, 9, p)), p, 1e-9) << t;
    }
  }
}

TEST(DistributionTest, SidesAddUp) {
  EXPECT_DOUBLE_EQ(NormalP(1.3, Alternative::kTwoSided), 2 * NormalP(1.3, Alternative::kGreater));
  EXPECT_DOUBLE_EQ(NormalP(-1.3, Alternative::kLess), NormalP(1.3, Alternative::kGreater));
  EXPECT_DOUBLE_EQ(StudentP(2, 5, Alternative::kTwoSided), 2 * StudentP(-2, 5, Alternative::kLess));
}

}  // namespace
}  // namespace gyrus
