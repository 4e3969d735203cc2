#include "core/statistics/wilcoxon.h"

#include "core/statistics/sums.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using Method = WilcoxonOptions::Method;
using Zeros = WilcoxonOptions::Zeros;

double P(const Doubles& a, const Doubles& b, const WilcoxonOptions& options = {}) {
  const auto result = Wilcoxon(a, b, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result->p;
}

TEST(WilcoxonTest, WithAZeroDifferenceGivesTheGoldenValues) {
  const auto result = Wilcoxon(kA, kQ);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 17);
  EXPECT_EQ(result->zeros, 1);
  EXPECT_THAT(result->variant, testing::HasSubstr("normal approximation, zeros dropped"));
  EXPECT_GOLDEN(result->p, .15445188236);
  EXPECT_GOLDEN(P(kA, kQ, {.continuity = true}), .167746224798);
  EXPECT_EQ(Wilcoxon(kA, kQ, {.zeros = Zeros::kPratt})->statistic, 21);
  EXPECT_GOLDEN(P(kA, kQ, {.zeros = Zeros::kPratt}), .169153193257);
  EXPECT_EQ(Wilcoxon(kA, kQ, {.zeros = Zeros::kSplit})->statistic, 21.5);
  EXPECT_GOLDEN(P(kA, kQ, {.zeros = Zeros::kSplit}), .169481990012);
}

TEST(WilcoxonTest, TheExactDistributionGivesTheGoldenValues) {
  const auto result = Wilcoxon(kX, kY);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 9);
  EXPECT_THAT(result->variant, testing::HasSubstr("exact"));
  EXPECT_GOLDEN(result->p, .064453125);
  EXPECT_GOLDEN(P(kX, kY, {.alternative = Alternative::kLess}), .0322265625);
  EXPECT_GOLDEN(P(kX, kY, {.alternative = Alternative::kGreater}), .9755859375);
  EXPECT_GOLDEN(P(kX, kY, {.method = Method::kNormal}), .0593361198809);
}

TEST(WilcoxonTest, SeveralZerosAreNoTieToPrattAndOneToASplit) {
  const Doubles d = {0, 0, 1, -2, 3, 4, -5, 6, 7, 8};
  EXPECT_EQ(Wilcoxon(d, {.zeros = Zeros::kPratt})->statistic, 11);
  EXPECT_GOLDEN(Wilcoxon(d, {.zeros = Zeros::kPratt})->p, 0.12381222382133193);
  EXPECT_EQ(Wilcoxon(d, {.zeros = Zeros::kSplit})->statistic, 12.5);
  EXPECT_GOLDEN(Wilcoxon(d, {.zeros = Zeros::kSplit})->p, 0.126032729377401);
  EXPECT_EQ(Wilcoxon(d, {.zeros = Zeros::kPratt})->ties, 0);
}

TEST(WilcoxonTest, TiesAreThoseOfIeeeSubtraction) {
  EXPECT_NE(3.1 - 2.8, 5.3 - 5.0);
  Doubles rounded = Differences(kA, kQ);
  for (double& d : rounded) d = std::round(d * 10) / 10;
  const auto result = Wilcoxon(rounded);
  ASSERT_TRUE(result.ok());
  EXPECT_GOLDEN(result->p, .154043546544);
}

TEST(WilcoxonTest, TheExactDistributionIsThatOfAllSigns) {
  std::vector<int> count(16);
  for (int signs = 0; signs < 32; ++signs) {
    int sum = 0;
    for (int i = 0; i < 5; ++i) sum += signs >> i & 1 ? i + 1 : 0;
    ++count[sum];
  }
  for (int signs = 0; signs < 32; ++signs) {
    Doubles d;
    int sum = 0;
    for (int i = 0; i < 5; ++i) {
      d.push_back(signs >> i & 1 ? i + 1 : -i - 1);
      sum += signs >> i & 1 ? i + 1 : 0;
    }
    int less = 0;
    for (int w = 0; w <= sum; ++w) less += count[w];
    EXPECT_DOUBLE_EQ(Wilcoxon(d, {.alternative = Alternative::kLess})->p, less / 32.0);
    EXPECT_DOUBLE_EQ(Wilcoxon(d, {.alternative = Alternative::kGreater})->p,
                     (32 - less + count[sum]) / 32.0);
  }
}

TEST(WilcoxonTest, TheCentreOfTheExactDistributionHasPOne) {
  EXPECT_EQ(Wilcoxon(Doubles{1, 2, -3})->p, 1);
}

TEST(WilcoxonTest, AutoTakesTheExactOneWithTiesAndCutsOffHalfRanks) {
  // |d| 1, 1, 2, 3: W+ is 1.5, and counts as 1.
  const auto result = Wilcoxon(Doubles{1, -1, -2, -3}, {.alternative = Alternative::kLess});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->variant, testing::HasSubstr("exact"));
  EXPECT_EQ(result->statistic, 1.5);
  EXPECT_EQ(result->ties, 2);
  EXPECT_DOUBLE_EQ(result->p, 2.0 / 16);
}

TEST(WilcoxonTest, AutoIsExactForFiftyPairs) {
  Doubles d;
  for (int i = 1; i <= 50; ++i) d.push_back(i % 3 ? i : -i);
  EXPECT_THAT(Wilcoxon(d)->variant, testing::HasSubstr("exact"));
  d.push_back(51);
  EXPECT_THAT(Wilcoxon(d)->variant, testing::HasSubstr("normal"));
  EXPECT_THAT(Wilcoxon(d, {.method = Method::kExact})->variant, testing::HasSubstr("exact"));
  d.push_back(0);
  EXPECT_THAT(Wilcoxon(d, {.method = Method::kExact})->variant, testing::HasSubstr("normal"));
}

TEST(WilcoxonTest, WhatItCannotTellHasAReason) {
  EXPECT_THAT(Wilcoxon(Doubles{}), IsUndefinedBecause("no pairs"));
  EXPECT_THAT(Wilcoxon(kA, kA), IsUndefinedBecause("every difference is zero"));
  EXPECT_THAT(Wilcoxon(kA, kB), IsMisuse("12 and 9"));
  EXPECT_THAT(Wilcoxon(Doubles{1, std::nan("")}), IsMisuse("nan"));
  Doubles many(1001, 1);
  EXPECT_THAT(Wilcoxon(many, {.method = Method::kExact}), IsUndefinedBecause("fewer pairs"));
}

}  // namespace
}  // namespace gyrus
