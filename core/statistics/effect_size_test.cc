#include "core/statistics/effect_size.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(EffectSizeTest, GivesTheGoldenValues) {
  const auto effect = EffectOf(kA, kB);
  ASSERT_TRUE(effect.ok());
  EXPECT_GOLDEN(effect->d, .870991121413);
  EXPECT_GOLDEN(effect->g, .836151476556);
  EXPECT_GOLDEN(effect->normal.lower, -.0325224230335);
  EXPECT_GOLDEN(effect->normal.upper, 1.77450466586);
  ASSERT_TRUE(effect->exact.ok());
  EXPECT_NEAR(effect->exact->lower, -.0463395930213, 1e-11);
  EXPECT_GOLDEN(effect->exact->upper, 1.76761112775);
  const auto paired = PairedEffectOf(kA, kQ);
  ASSERT_TRUE(paired.ok());
  EXPECT_GOLDEN(paired->dz, .382152384838);
  EXPECT_GOLDEN(paired->dav, .118352895056);
  // The reference values are by quadrature of 25 digits (mpmath 1.4.1).
  EXPECT_NEAR(paired->exact->lower, -0.213185331388, 1e-9);
  EXPECT_NEAR(paired->exact->upper, 0.961578891141, 1e-9);
  EXPECT_GT(PairedEffectOf(kA, kQ, 0.8)->exact->lower, paired->exact->lower);
  EXPECT_THAT(PairedEffectOf(kA, kQ, 2), IsMisuse("level"));
}

TEST(EffectSizeTest, SwappingGroupsTurnsItRound) {
  const auto one = EffectOf(kA, kB);
  const auto other = EffectOf(kB, kA);
  EXPECT_DOUBLE_EQ(one->d, -other->d);
  EXPECT_NEAR(one->exact->lower, -other->exact->upper, 1e-10);
  EXPECT_NEAR(one->exact->upper, -other->exact->lower, 1e-10);
}

TEST(EffectSizeTest, ALargerLevelHasAWiderInterval) {
  const auto narrow = EffectOf(kA, kB, 0.8);
  const auto wide = EffectOf(kA, kB, 0.99);
  EXPECT_LT(wide->exact->lower, narrow->exact->lower);
  EXPECT_GT(wide->exact->upper, narrow->exact->upper);
  EXPECT_LT(wide->normal.lower, narrow->normal.lower);
}

TEST(EffectSizeTest, WithoutSpreadThereIsNone) {
  EXPECT_THAT(EffectOf(Doubles{1, 1}, Doubles{2, 2}), IsUndefinedBecause("neither group varies"));
  EXPECT_THAT(EffectOf(Doubles{1}, Doubles{2, 3}), IsUndefinedBecause("fewer than two"));
  EXPECT_THAT(EffectOf(Doubles{1, 2}, Doubles{2, 3}, 1.5), IsMisuse("level"));
  EXPECT_THAT(PairedEffectOf(Doubles{1, 2}, Doubles{2, 3}), IsUndefinedBecause("do not vary"));
  EXPECT_THAT(PairedEffectOf(Doubles{1}, Doubles{2}), IsUndefinedBecause("two pairs"));
  EXPECT_THAT(PairedEffectOf(Doubles{1}, Doubles{}), IsMisuse("1 and 0"));
}

}  // namespace
}  // namespace gyrus
