#include "core/statistics/agreement.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(BlandAltmanTest, GivesTheGoldenValues) {
  const auto result = BlandAltmanOf(kAge, kPredicted);
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->bias, .02, 1e-14);
  EXPECT_GOLDEN(result->limits.lower, -7.03224838537);
  EXPECT_GOLDEN(result->limits.upper, 7.07224838537);
  EXPECT_THAT(BlandAltmanOf(Doubles{1}, Doubles{2}), IsUndefinedBecause("needs 2"));
  EXPECT_THAT(BlandAltmanOf(Doubles{1}, Doubles{}), IsMisuse("1 and 0"));
}

TEST(IntraclassCorrelationTest, GivesTheGoldenValues) {
  const auto icc = IntraclassCorrelationOf({kFoldsA, kFoldsB, kFoldsC});
  ASSERT_TRUE(icc.ok());
  EXPECT_THAT(icc->absolute, Holds(.452900292871));
  EXPECT_GOLDEN(icc->consistency, .651717197132);
}

TEST(IntraclassCorrelationTest, AnOffsetOfARaterSparesConsistencyAlone) {
  const Doubles first = {1, 2, 3, 4};
  const Doubles second = {3, 4, 5, 6};
  const auto icc = IntraclassCorrelationOf({first, second});
  ASSERT_TRUE(icc.ok());
  EXPECT_DOUBLE_EQ(icc->consistency, 1);
  EXPECT_LT(*icc->absolute, 0.5);
}

TEST(IntraclassCorrelationTest, OppositeRatersHaveConsistencyAlone) {
  const auto icc = IntraclassCorrelationOf({Doubles{3, 1}, Doubles{1, 3}});
  ASSERT_TRUE(icc.ok());
  EXPECT_DOUBLE_EQ(icc->consistency, -1);
  EXPECT_THAT(icc->absolute, IsUndefinedBecause("range of double"));
}

TEST(IntraclassCorrelationTest, WithoutSpreadThereIsAReason) {
  const Doubles same = {2, 2, 2};
  const Doubles more = {3, 3, 3};
  EXPECT_THAT(IntraclassCorrelationOf({same, same}), IsUndefinedBecause("one value"));
  EXPECT_THAT(IntraclassCorrelationOf({same, more}), IsUndefinedBecause("do not differ"));
  EXPECT_THAT(IntraclassCorrelationOf({same}), IsMisuse("2 groups"));
  EXPECT_THAT(IntraclassCorrelationOf({Doubles{1}, Doubles{2}}),
              IsUndefinedBecause("two subjects"));
  EXPECT_THAT(IntraclassCorrelationOf({Doubles{1, 2}, Doubles{2}}), IsMisuse("every subject"));
}

TEST(SeedSpreadTest, IsTheMeanOverScans) {
  // Spreads of the scans: sqrt(2) and 0.
  EXPECT_THAT(MeanSpreadOverSeeds({Doubles{1, 5}, Doubles{3, 5}}), Holds(std::sqrt(2.0) / 2));
  EXPECT_THAT(MeanSpreadOverSeeds({Doubles{1, 5}}), IsMisuse("2 groups"));
  EXPECT_THAT(MeanSpreadOverSeeds({Doubles{}, Doubles{}}), IsUndefinedBecause("empty"));
}

}  // namespace
}  // namespace gyrus
