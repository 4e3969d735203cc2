#include "common/random.h"

#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

// Known answers of Random123's kat_vectors for philox4x32-10.
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(RandomStreamTest, IsAFunctionOfItsName) {
  RandomStream a(7, "augment", 3);
  RandomStream b(7, "augment", 3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.NextUint32(), b.NextUint32());
}

TEST(RandomStreamTest, DiffersWhereAnyPartOfTheNameDiffers) {
  std::set<uint32_t> first;
  for (uint64_t seed : {0, 1, 2}) {
    for (const char* purpose : {"order", "augment", "init"}) {
      for (uint64_t index : {0, 1, 2})
        first.insert(RandomStream(seed, purpose, index).NextUint32());
    }
  }
  EXPECT_EQ(first.size(), 27);
}

TEST(RandomStreamTest, NextBelowIsUniform) {
  RandomStream stream(1, "test");
  std::vector<int> counts(6, 0);
  for (int i = 0; i < 60000; ++i) ++counts.at(stream.NextBelow(6));
  // Chi-square with 5 degrees of freedom: above 20.5 once in a thousand seeds.
  double chi2 = 0;
  for (const int n : counts) chi2 += (n - 10000.0) * (n - 10000.0) / 10000.0;
  EXPECT_LT(chi2, 20.5);
}

TEST(RandomStreamTest, NextUnitIsInTheHalfOpenInterval) {
  RandomStream stream(1, "test");
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double x = stream.NextUnit();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

}  // namespace
}  // namespace gyrus
