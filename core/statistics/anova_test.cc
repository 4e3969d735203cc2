#include "core/statistics/anova.h"

#include "core/statistics/rank_anova.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(AnovaTest, IndependentGroupsGiveTheGoldenValues) {
  const auto anova = OneWayAnova({kA, kB, kC});
  ASSERT_TRUE(anova.ok());
  EXPECT_GOLDEN(anova->statistic, 13.3350111953);
  EXPECT_GOLDEN(anova->p, .000103354165526);
  EXPECT_EQ(anova->df, (Doubles{2, 26}));
  const auto kruskal = KruskalWallis({kA, kB, kC});
  ASSERT_TRUE(kruskal.ok());
  EXPECT_GOLDEN(kruskal->statistic, 14.5628073067);
  EXPECT_GOLDEN(kruskal->p, .000688218864685);
  const auto levene = Levene({kA, kB, kC});
  ASSERT_TRUE(levene.ok());
  EXPECT_GOLDEN(levene->statistic, .712042779228);
  EXPECT_GOLDEN(levene->p, .499960284378);
}

TEST(AnovaTest, RepeatedMeasuresGiveTheGoldenValues) {
  const auto friedman = Friedman({kFoldsA, kFoldsB, kFoldsC});
  ASSERT_TRUE(friedman.ok());
  EXPECT_GOLDEN(friedman->statistic, 6.4);
  EXPECT_GOLDEN(friedman->p, .0407622039784);
  const auto anova = RepeatedMeasuresAnova({kFoldsA, kFoldsB, kFoldsC});
  ASSERT_TRUE(anova.ok());
  EXPECT_GOLDEN(anova->statistic, 7.30214917826);
  EXPECT_GOLDEN(anova->p, .0156890202704);
  EXPECT_EQ(anova->df, (Doubles{2, 8}));
}

TEST(AnovaTest, TiesRaiseFriedmansStatistic) {
  const auto friedman = Friedman({Doubles{1, 2, 2, 3}, Doubles{1, 3, 2, 5}, Doubles{2, 3, 4, 5}});
  ASSERT_TRUE(friedman.ok());
  EXPECT_GOLDEN(friedman->statistic, 6.0);  // 4.5 without the correction.
  EXPECT_GOLDEN(friedman->p, 0.04978706836786395);
  EXPECT_EQ(friedman->ties, 8);
}

TEST(AnovaTest, ASubjectsOwnLevelDoesNotMatterToRepeatedMeasures) {
  Doubles a = kFoldsA;
  Doubles b = kFoldsB;
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] += 100.0 * static_cast<double>(i);
    b[i] += 100.0 * static_cast<double>(i);
  }
  EXPECT_NEAR(RepeatedMeasuresAnova({a, b})->p, RepeatedMeasuresAnova({kFoldsA, kFoldsB})->p, 1e-9);
  EXPECT_GT(OneWayAnova({a, b})->p, 0.99);
}

TEST(AnovaTest, ExchangingGroupsChangesNothing) {
  for (const auto function : {KruskalWallis, Levene}) {
    EXPECT_NEAR(function({kA, kB, kC})->p, function({kC, kA, kB})->p, 1e-12);
  }
}

TEST(AnovaTest, GroupsWithoutSpreadHaveNone) {
  const Doubles one = {1, 1};
  const Doubles two = {2, 2};
  EXPECT_THAT(OneWayAnova({one, two}), IsUndefinedBecause("nothing varies within"));
  EXPECT_THAT(OneWayAnova({Doubles{1}, Doubles{2}}), IsUndefinedBecause("as many groups"));
  EXPECT_THAT(KruskalWallis({one, one}), IsUndefinedBecause("all values are one"));
  EXPECT_THAT(RepeatedMeasuresAnova({one, two}), IsUndefinedBecause("beside the effects"));
  EXPECT_THAT(RepeatedMeasuresAnova({Doubles{1}, Doubles{2}}), IsUndefinedBecause("two subjects"));
  EXPECT_THAT(Friedman({one, one, one}), IsUndefinedBecause("all conditions are equal"));
}

TEST(AnovaTest, RoundingIsNoSpread) {
  // |0.1 - 0.2| and |0.3 - 0.2| differ in the last bit.
  EXPECT_THAT(Levene({Doubles{0.1, 0.3}, Doubles{0.7, 0.9}}),
              IsUndefinedBecause("as far from the median"));
  EXPECT_THAT(RepeatedMeasuresAnova({Doubles{0.1, 0.2, 0.7}, Doubles{0.2, 0.3, 0.8}}),
              IsUndefinedBecause("beside the effects"));
}

TEST(AnovaTest, TooFewOrUnevenGroupsAreMisuse) {
  EXPECT_THAT(OneWayAnova({kA}), IsMisuse("2 groups"));
  EXPECT_THAT(Levene({kA}), IsMisuse("2 groups"));
  EXPECT_THAT(KruskalWallis({kA}), IsMisuse("2 groups"));
  EXPECT_THAT(Friedman({kA, kQ}), IsMisuse("3 groups"));
  EXPECT_THAT(Friedman({kA, kB, kC}), IsMisuse("every subject"));
  EXPECT_THAT(RepeatedMeasuresAnova({kA, kB}), IsMisuse("every subject"));
  EXPECT_THAT(OneWayAnova({kA, Doubles{}}), IsUndefinedBecause("group 2 is empty"));
  EXPECT_THAT(OneWayAnova({kA, Doubles{std::nan("")}}), IsMisuse("nan"));
}

}  // namespace
}  // namespace gyrus
