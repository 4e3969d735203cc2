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

TEST(WilcoxonTest, TheNormalApproximationWithAZeroDifferenceGivesTheGoldenValues) {
  const auto result = Wilcoxon(kA, kQ, {.method = Method::kNormal});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 17);
  EXPECT_EQ(result->zeros, 1);
  EXPECT_THAT(result->variant, testing::HasSubstr("normal approximation, zeros dropped"));
  EXPECT_GOLDEN(result->p, .15445188236);
  EXPECT_GOLDEN(P(kA, kQ, {.method = Method::kNormal, .continuity = true}), .167746224798);
  const WilcoxonOptions pratt = {.zeros = Zeros::kPratt, .method = Method::kNormal};
  EXPECT_EQ(Wilcoxon(kA, kQ, pratt)->statistic, 21);
  EXPECT_GOLDEN(P(kA, kQ, pratt), .169153193257);
  const WilcoxonOptions split = {.zeros = Zeros::kSplit, .method = Method::kNormal};
  EXPECT_EQ(Wilcoxon(kA, kQ, split)->statistic, 21.5);
  EXPECT_GOLDEN(P(kA, kQ, split), .169481990012);
}

// Fractions counted over all sign patterns in whole numbers; scipy 1.17.1 gives the same.
TEST(WilcoxonTest, WithAZeroDifferenceIsExactOverTheSignsOfTheOthers) {
  const auto result = Wilcoxon(kA, kQ);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 17);
  EXPECT_THAT(result->variant, testing::HasSubstr("exact over the signs of mid-ranks"));
  EXPECT_THAT(result->variant, testing::HasSubstr("zeros dropped"));
  EXPECT_EQ(result->p, 346.0 / 2048);
  EXPECT_EQ(P(kA, kQ, {.alternative = Alternative::kLess}), 1891.0 / 2048);
  EXPECT_EQ(P(kA, kQ, {.alternative = Alternative::kGreater}), 173.0 / 2048);
  EXPECT_EQ(P(kA, kQ, {.zeros = Zeros::kPratt}), 378.0 / 2048);
  EXPECT_EQ(P(kA, kQ, {.zeros = Zeros::kSplit}), 378.0 / 2048);
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
  const WilcoxonOptions pratt = {.zeros = Zeros::kPratt, .method = Method::kNormal};
  EXPECT_EQ(Wilcoxon(d, pratt)->statistic, 11);
  EXPECT_GOLDEN(Wilcoxon(d, pratt)->p, 0.12381222382133193);
  EXPECT_EQ(Wilcoxon(d, pratt)->ties, 0);
  const WilcoxonOptions split = {.zeros = Zeros::kSplit, .method = Method::kNormal};
  EXPECT_EQ(Wilcoxon(d, split)->statistic, 12.5);
  EXPECT_GOLDEN(Wilcoxon(d, split)->p, 0.126032729377401);
}

TEST(WilcoxonTest, SeveralZerosAreExactToo) {
  const Doubles d = {0, 0, 1, -2, 3, 4, -5, 6, 7, 8};
  EXPECT_EQ(Wilcoxon(d)->p, 38.0 / 256);
  EXPECT_EQ(Wilcoxon(d, {.zeros = Zeros::kPratt})->p, 36.0 / 256);
  EXPECT_EQ(Wilcoxon(d, {.zeros = Zeros::kSplit})->p, 36.0 / 256);
}

TEST(WilcoxonTest, TiesAreThoseOfIeeeSubtraction) {
  EXPECT_NE(3.1 - 2.8, 5.3 - 5.0);
  Doubles rounded = Differences(kA, kQ);
  for (double& d : rounded) d = std::round(d * 10) / 10;
  const auto result = Wilcoxon(rounded, {.method = Method::kNormal});
  ASSERT_TRUE(result.ok());
  EXPECT_GOLDEN(result->p, .154043546544);
  EXPECT_EQ(Wilcoxon(rounded)->p, 342.0 / 2048);
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

TEST(WilcoxonTest, WithTiesTheExactDistributionIsThatOfAllSignsOfTheMidRanks) {
  // The sizes 1, 1, 2, 3 have the ranks 1.5, 1.5, 3, 4: of 16 sign patterns 3 have a W+ of at
  // most 1.5.
  const Doubles d = {1, -1, -2, -3};
  const auto result = Wilcoxon(d, {.alternative = Alternative::kLess});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->variant, testing::HasSubstr("exact over the signs of mid-ranks"));
  EXPECT_EQ(result->statistic, 1.5);
  EXPECT_EQ(result->ties, 2);
  EXPECT_EQ(result->p, 3.0 / 16);
  EXPECT_EQ(Wilcoxon(d, {.alternative = Alternative::kGreater})->p, 15.0 / 16);
  EXPECT_EQ(Wilcoxon(d)->p, 6.0 / 16);
}

TEST(WilcoxonTest, WithTiesIsTheSameWhicheverOfTwoIsFirst) {
  const Doubles d = {1, 1, -1, 2, 2, -3, 4, -4, 5, 6};
  Doubles turned;
  for (const double value : d) turned.push_back(-value);
  EXPECT_EQ(Wilcoxon(d)->p, 244.0 / 1024);
  EXPECT_EQ(Wilcoxon(turned)->p, 244.0 / 1024);
  EXPECT_EQ(Wilcoxon(d, {.alternative = Alternative::kGreater})->p, 122.0 / 1024);
  EXPECT_EQ(Wilcoxon(turned, {.alternative = Alternative::kLess})->p, 122.0 / 1024);
}

// scipy takes the normal approximation here, which gives 0.1108.
TEST(WilcoxonTest, ThirtyPairsWithTiesAreExact) {
  Doubles d;
  for (int i = 0; i < 30; ++i) d.push_back((i % 3 != 0 && i % 2 != 0 ? -1 : 1) * (i / 2 + 1));
  EXPECT_EQ(Wilcoxon(d, {.alternative = Alternative::kGreater})->p, 60662843.0 / 1073741824);
  EXPECT_EQ(Wilcoxon(d)->p, 121325686.0 / 1073741824);
}

TEST(WilcoxonTest, AutoIsExactForFiftyPairs) {
  Doubles d;
  for (int i = 1; i <= 50; ++i) d.push_back(i % 3 ? i : -i);
  EXPECT_THAT(Wilcoxon(d)->variant, testing::HasSubstr("exact"));
  d.push_back(51);
  EXPECT_THAT(Wilcoxon(d)->variant, testing::HasSubstr("normal"));
  EXPECT_THAT(Wilcoxon(d, {.method = Method::kExact})->variant, testing::HasSubstr("exact"));
  d.push_back(0);
  EXPECT_THAT(Wilcoxon(d, {.method = Method::kExact})->variant, testing::HasSubstr("exact"));
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
