#include "core/statistics/multiplicity.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

const Doubles kP = {.01, .04, .03, .005, .2};

void ExpectAdjusted(Multiplicity method, const Doubles& golden) {
  const auto adjusted = AdjustP(kP, method);
  ASSERT_TRUE(adjusted.ok());
  EXPECT_THAT(*adjusted, Pointwise(DoubleNear(1e-12), golden)) << NameOf(method);
}

TEST(MultiplicityTest, GivesTheGoldenValues) {
  ExpectAdjusted(Multiplicity::kBonferroni, {.05, .2, .15, .025, 1});
  ExpectAdjusted(Multiplicity::kHolm, {.04, .09, .09, .025, .2});
  ExpectAdjusted(Multiplicity::kBenjaminiHochberg, {.025, .05, .05, .025, .2});
  ExpectAdjusted(
      Multiplicity::kBenjaminiYekutieli,
      {.0570833333333333, .114166666666667, .114166666666667, .0570833333333333, .456666666666667});
  ExpectAdjusted(Multiplicity::kHolmSidak, {.03940399, .087327, .087327, .0247512468781, .2});
}

TEST(MultiplicityTest, KeepsOrderAndBounds) {
  for (const auto method :
       {Multiplicity::kBonferroni, Multiplicity::kHolm, Multiplicity::kHolmSidak,
        Multiplicity::kBenjaminiHochberg, Multiplicity::kBenjaminiYekutieli}) {
    const auto adjusted = AdjustP(Doubles{1, 0, .5, .5, .001}, method);
    ASSERT_TRUE(adjusted.ok());
    EXPECT_EQ((*adjusted)[1], 0);
    EXPECT_EQ((*adjusted)[0], 1);
    EXPECT_EQ((*adjusted)[2], (*adjusted)[3]);
    EXPECT_THAT(*adjusted, testing::Each(testing::Le(1)));
    EXPECT_EQ(*AdjustP(Doubles{.03}, method), Doubles{.03}) << NameOf(method);
    EXPECT_TRUE(AdjustP(Doubles{}, method)->empty());
    EXPECT_THAT(AdjustP(Doubles{1.1}, method), IsMisuse("1.1 is no p-value"));
    EXPECT_THAT(AdjustP(Doubles{std::nan("")}, method), IsMisuse("nan"));
  }
}

}  // namespace
}  // namespace gyrus
