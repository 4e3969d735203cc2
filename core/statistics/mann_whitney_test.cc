#include "core/statistics/mann_whitney.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using Method = MannWhitneyOptions::Method;

double P(const Doubles& a, const Doubles& b, const MannWhitneyOptions& options = {}) {
  const auto result = MannWhitney(a, b, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result->p;
}

TEST(MannWhitneyTest, TheNormalApproximationGivesTheGoldenValues) {
  const auto result = MannWhitney(kA, kB);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 79.5);
  EXPECT_THAT(result->variant, testing::HasSubstr("normal approximation"));
  EXPECT_EQ(result->ties, 8);  // 4.5 four times, 2.2 and 5.0 twice.
  EXPECT_GOLDEN(result->p, .0744829203633);
  EXPECT_GOLDEN(P(kA, kB, {.alternative = Alternative::kLess}), .968200521085);
  EXPECT_GOLDEN(P(kA, kB, {.alternative = Alternative::kGreater}), .0372414601816);
  EXPECT_GOLDEN(P(kA, kB, {.continuity = false}), .0688644284163);
  EXPECT_EQ(MannWhitney(kA, kC)->statistic, 12.5);
  EXPECT_GOLDEN(P(kA, kC), .00682224423904);
}

TEST(MannWhitneyTest, TheExactDistributionGivesTheGoldenValues) {
  const auto result = MannWhitney(kS1, kS2);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->statistic, 4);
  EXPECT_THAT(result->variant, testing::HasSubstr("exact"));
  EXPECT_GOLDEN(result->p, .190476190476);
  EXPECT_GOLDEN(P(kS1, kS2, {.alternative = Alternative::kLess}), .0952380952381);
  EXPECT_GOLDEN(P(kS1, kS2, {.alternative = Alternative::kGreater}), .944444444444);
  EXPECT_GOLDEN(P(kS1, kS2, {.method = Method::kNormal}), .177909594987);
}

TEST(MannWhitneyTest, TheLegacyHalfSaysThatItIs) {
  const auto result = MannWhitney(kA, kB, {.method = Method::kLegacyHalf});
  ASSERT_TRUE(result.ok());
  EXPECT_GOLDEN(result->p, .0372414601816);
  EXPECT_EQ(result->statistic, 12 * 9 - 79.5);
  EXPECT_THAT(result->variant, testing::HasSubstr("legacy half"));
  EXPECT_THAT(
      MannWhitney(kA, kB, {.method = Method::kLegacyHalf, .alternative = Alternative::kLess}),
      IsMisuse("one-sided"));
}

// Every way to give ranks 1 to 7 to groups of 3 and 4, counted.
TEST(MannWhitneyTest, TheExactDistributionIsThatOfAllOrders) {
  int orders = 0;
  std::vector<int> count(13);
  std::vector<Doubles> example(13);
  for (int set = 0; set < 1 << 7; ++set) {
    if (__builtin_popcount(set) != 3) continue;
    Doubles a;
    Doubles b;
    for (int rank = 0; rank < 7; ++rank) (set >> rank & 1 ? a : b).push_back(rank);
    const auto result = MannWhitney(a, b, {.method = Method::kExact});
    ASSERT_TRUE(result.ok());
    ++orders;
    const int u = static_cast<int>(result->statistic);
    ++count[u];
    example[u] = a;
  }
  EXPECT_EQ(orders, 35);
  for (int u = 0, below = 0; u <= 12; ++u) {
    below += count[u];
    Doubles b;
    for (int rank = 0; rank < 7; ++rank) {
      if (std::find(example[u].begin(), example[u].end(), rank) == example[u].end()) {
        b.push_back(rank);
      }
    }
    EXPECT_NEAR(P(example[u], b, {.alternative = Alternative::kLess}), below / 35.0, 1e-15);
    EXPECT_NEAR(P(b, example[u], {.alternative = Alternative::kGreater}), below / 35.0, 1e-15);
  }
}

TEST(MannWhitneyTest, AutoIsExactForEightAndNormalForNine) {
  Doubles a;
  Doubles b;
  for (int i = 0; i < 8; ++i) a.push_back(i);
  for (int i = 0; i < 20; ++i) b.push_back(i + 0.5);
  EXPECT_THAT(MannWhitney(b, a)->variant, testing::HasSubstr("exact"));
  a.push_back(30);
  EXPECT_THAT(MannWhitney(b, a)->variant, testing::HasSubstr("normal"));
  a.pop_back();
  a[0] = 0.5;
  EXPECT_THAT(MannWhitney(b, a)->variant, testing::HasSubstr("normal"));
  a[0] = 0;
  for (int i = 20; i < 6251; ++i) b.push_back(i + 0.5);
  EXPECT_THAT(MannWhitney(a, b)->variant, testing::HasSubstr("normal"));
}

TEST(MannWhitneyTest, WhatItCannotTellHasAReason) {
  EXPECT_THAT(MannWhitney(Doubles{1, 1}, Doubles{1}), IsUndefinedBecause("all values are one"));
  EXPECT_THAT(MannWhitney(Doubles{}, Doubles{1}), IsUndefinedBecause("group 1 is empty"));
  EXPECT_THAT(MannWhitney(Doubles{1}, Doubles{std::nan("")}), IsMisuse("nan"));
  EXPECT_THAT(MannWhitney(kA, kB, {.method = Method::kExact}), IsUndefinedBecause("without ties"));
}

}  // namespace
}  // namespace gyrus
