#include "core/statistics/groups.h"

#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(BinsTest, AreHalfOpenButTheLast) {
  const Bins bins = Bins::Base();
  EXPECT_EQ(bins.size(), 8);
  EXPECT_EQ(bins.Of(17.999), std::nullopt);
  EXPECT_EQ(bins.Of(18), 0);
  EXPECT_EQ(bins.Of(24.999), 0);
  EXPECT_EQ(bins.Of(25), 1);
  EXPECT_EQ(bins.Of(85), 7);
  EXPECT_EQ(bins.Of(100), 7);
  EXPECT_EQ(bins.Of(100.001), std::nullopt);
  EXPECT_EQ(bins.Of(std::nan("")), std::nullopt);
  EXPECT_EQ(bins.Name(0), "[18, 25)");
  EXPECT_EQ(bins.Name(7), "[85, 100]");
}

TEST(BinsTest, NeedRisingEdges) {
  EXPECT_THAT(Bins::Between({1}), IsMisuse("two edges"));
  EXPECT_THAT(Bins::Between({1, 1}), IsMisuse("above the one before"));
  EXPECT_THAT(Bins::Between({1, std::nan("")}), IsMisuse("finite"));
}

TEST(GroupErrorsTest, AnEmptyAgeGroupIsNotAvailableAndStaysInTheTable) {
  const auto bins = Bins::Between({40, 60, 62, 63, 70});
  ASSERT_TRUE(bins.ok());
  const auto errors = ErrorsByBin(*bins, kAge, kAge, kPredicted);
  ASSERT_TRUE(errors.ok());
  ASSERT_EQ(errors->groups.size(), 4);
  EXPECT_EQ(errors->outside, 3);
  EXPECT_EQ(errors->groups[0].n, 4);
  EXPECT_THAT(errors->groups[0].mean_absolute_error, Holds((2.9 + 5.3 + 1.1 + 3.8) / 4));
  EXPECT_THAT(errors->groups[1].mean_error, Holds(0.8));
  EXPECT_EQ(errors->groups[2].n, 0);
  EXPECT_THAT(errors->groups[2].mean_absolute_error, IsUndefinedBecause("no item in [62, 63)"));
  EXPECT_THAT(errors->groups[3].mean_error, Holds((0.5 - 1.3) / 2));
  EXPECT_THAT(errors->WorstMeanAbsoluteError(), Holds((2.9 + 5.3 + 1.1 + 3.8) / 4));
  const auto mean = errors->MeanOverGroups(1);
  ASSERT_TRUE(mean.ok());
  EXPECT_EQ(mean->n, 3);
  EXPECT_EQ(mean->undefined, 1);
  EXPECT_THAT(mean->mean, Holds((3.275 + 0.8 + 0.9) / 3));
}

TEST(GroupErrorsTest, OfChangesAreGroupedByAge) {
  const auto bins = Bins::Between({50, 60, 70});
  const auto errors = ErrorsByBin(*bins, Doubles{55, 65}, Doubles{2, 2}, Doubles{3, -2});
  ASSERT_TRUE(errors.ok());
  EXPECT_THAT(errors->WorstMeanAbsoluteError(), Holds(4.0));
}

TEST(GroupErrorsTest, SitesComeByName) {
  const std::vector<std::string> sites = {"Oxford", "Boston", "Oxford"};
  const auto errors = ErrorsBySite(sites, Doubles{1, 2, 3}, Doubles{2, 2, 6});
  ASSERT_TRUE(errors.ok());
  ASSERT_EQ(errors->groups.size(), 2);
  EXPECT_EQ(errors->groups[0].name, "Boston");
  EXPECT_EQ(errors->groups[1].n, 2);
  EXPECT_THAT(errors->groups[1].mean_absolute_error, Holds(2.0));
  EXPECT_THAT(ErrorsBySite(sites, Doubles{1}, Doubles{2}), IsMisuse("3 sites for 1 items"));
}

TEST(GroupErrorsTest, WithoutItemsNoGroupIsWorst) {
  const auto errors = ErrorsByBin(Bins::Base(), Doubles{}, Doubles{}, Doubles{});
  ASSERT_TRUE(errors.ok());
  EXPECT_THAT(errors->WorstMeanAbsoluteError(), IsUndefinedBecause("no group"));
}

}  // namespace
}  // namespace gyrus
