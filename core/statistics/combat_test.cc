#include "core/statistics/combat.h"

#include "common/random.h"
#include "core/statistics/moments.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

constexpr size_t kRows = 60;
constexpr size_t kFeatures = 8;

double Noise(RandomStream& draws) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += draws.NextUnit();
  return sum;
}

// Three sites, each with a shift and a scale of its own; feature f grows with
// `volume` by 0.5 * f.
CombatData MakeData() {
  RandomStream draws(3, "combat");
  CombatData data{.features = {.rows = kRows, .columns = kFeatures}};
  data.covariates = {{.name = "volume"}};
  for (size_t row = 0; row < kRows; ++row) {
    const size_t site = row % 3;
    data.sites.push_back(std::string(1, static_cast<char>('A' + site)));
    const double volume = Noise(draws);
    data.covariates[0].values.push_back(volume);
    for (size_t f = 0; f < kFeatures; ++f) {
      const double shift = static_cast<double>(site) * (3 + 0.1 * static_cast<double>(f));
      const double scale = 1 + static_cast<double>(site);
      data.features.values.push_back(20 + shift + 0.5 * static_cast<double>(f) * volume +
                                     scale * Noise(draws));
    }
  }
  return data;
}

Covariate Target() {
  RandomStream draws(4, "target");
  Covariate target{.name = "age"};
  for (size_t row = 0; row < kRows; ++row) target.values.push_back(60 + 10 * draws.NextUnit());
  return target;
}

CombatModel MustFit(const CombatData& data, const CombatOptions& options = {}) {
  const auto model = FitCombat(data, Target(), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

Doubles Column(const CombatData& data, const FeatureTable& table, size_t f,
               const std::string& site) {
  Doubles column;
  for (size_t row = 0; row < table.rows; ++row) {
    const double grown = 0.5 * static_cast<double>(f) * data.covariates[0].values[row];
    if (data.sites[row] == site) column.push_back(table.at(row, f) - grown);
  }
  return column;
}

// Values of neuroCombat 0.2.12.
TEST(CombatTest, GivesTheValuesOfNeuroCombat) {
  CombatData data{.sites = {"A", "A", "A", "A", "B", "B", "B", "B", "B"}};
  data.features = {.rows = 9, .columns = 3};
  data.features.values = {7.1, 5.0, 8.2, 6.4,  5.9,  7.7, 7.9, 4.1, 9.0, 6.6,  5.2, 8.9, 9.3, 6.8,
                          8.1, 8.1, 7.9, 10.2, 10.2, 6.1, 9.4, 7.7, 8.8, 11.9, 9.9, 7.2, 7.6};
  const Covariate target{.name = "age", .values = {60, 61, 65, 70, 58, 63, 71, 66, 60}};
  const auto plain = FitCombat(data, target);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_GOLDEN(plain->gamma[0][0], -1.3029217599337208);
  EXPECT_GOLDEN(plain->gamma[1][2], 0.6998089882214031);
  EXPECT_GOLDEN(plain->delta[0][1], 0.5993139902873117);
  EXPECT_GOLDEN(plain->delta[1][0], 1.7998703081478933);
  EXPECT_GOLDEN(plain->a_prior[0], 5.980037757032512);
  EXPECT_GOLDEN(plain->b_prior[1], 126.33803168137354);
  const auto harmonised = ApplyCombat(*plain, data);
  ASSERT_TRUE(harmonised.ok());
  EXPECT_GOLDEN(harmonised->features.at(0, 0), 8.194510563379563);
  EXPECT_GOLDEN(harmonised->features.at(8, 2), 7.336245318000732);

  data.covariates = {{.name = "volume", .values = {1, 2, .5, 1.5, 1, 2.5, 0, 3, 1}}};
  const auto model = FitCombat(data, target);
  ASSERT_TRUE(model.ok()) << model.status();
  const auto with_volume = ApplyCombat(*model, data);
  ASSERT_TRUE(with_volume.ok());
  EXPECT_GOLDEN(with_volume->features.at(0, 0), 8.348820190410557);
  EXPECT_GOLDEN(with_volume->features.at(8, 2), 7.395310005834755);
}

TEST(CombatTest, TakesShiftAndScaleOfSitesAwayAndKeepsCovariates) {
  const CombatData data = MakeData();
  const auto harmonised = ApplyCombat(MustFit(data), data);
  ASSERT_TRUE(harmonised.ok());
  for (size_t f = 0; f < kFeatures; ++f) {
    const double raw_gap =
        *Mean(Column(data, data.features, f, "C")) - *Mean(Column(data, data.features, f, "A"));
    EXPECT_GT(raw_gap, 4);
    const Doubles a = Column(data, harmonised->features, f, "A");
    const Doubles c = Column(data, harmonised->features, f, "C");
    EXPECT_LT(std::abs(*Mean(c) - *Mean(a)), 1.5);
    EXPECT_NEAR(*StandardDeviation(c, 1) / *StandardDeviation(a, 1), 1, 0.6);
  }
}

TEST(CombatTest, WithoutShrinkingEverySiteEndsWithOneMeanAndSpread) {
  CombatData data = MakeData();
  data.covariates.clear();
  const auto harmonised = ApplyCombat(MustFit(data, {.empirical_bayes = false}), data);
  ASSERT_TRUE(harmonised.ok());
  data.covariates = {{.name = "none", .values = Doubles(kRows, 0)}};
  for (size_t f = 0; f < kFeatures; ++f) {
    const Doubles a = Column(data, harmonised->features, f, "A");
    const Doubles b = Column(data, harmonised->features, f, "B");
    EXPECT_NEAR(*Mean(a), *Mean(b), 1e-10);
    EXPECT_NEAR(*StandardDeviation(a, 1), *StandardDeviation(b, 1), 1e-10);
  }
}

TEST(CombatTest, ShrinkingDrawsShiftsToTheirMean) {
  const CombatData data = MakeData();
  const CombatModel raw = MustFit(data, {.empirical_bayes = false});
  const CombatModel shrunk = MustFit(data);
  for (size_t site = 0; site < 3; ++site) {
    for (size_t f = 0; f < kFeatures; ++f) {
      EXPECT_LE(std::abs(shrunk.gamma[site][f] - shrunk.gamma_bar[site]),
                std::abs(raw.gamma[site][f] - shrunk.gamma_bar[site]));
    }
  }
}

TEST(CombatTest, TheTestPartShapesNothing) {
  const CombatData data = MakeData();
  const CombatModel model = MustFit(data);
  CombatData one{.features = {.rows = 1, .columns = kFeatures}, .sites = {data.sites[4]}};
  one.covariates = {{.name = "volume", .values = {data.covariates[0].values[4]}}};
  for (size_t f = 0; f < kFeatures; ++f) one.features.values.push_back(data.features.at(4, f));
  const auto alone = ApplyCombat(model, one);
  const auto together = ApplyCombat(model, data);
  ASSERT_TRUE(alone.ok() && together.ok());
  for (size_t f = 0; f < kFeatures; ++f) {
    EXPECT_EQ(alone->features.at(0, f), together->features.at(4, f));
  }
}

TEST(CombatTest, AnUnseenSiteIsRefusedUnlessAskedFor) {
  const CombatData data = MakeData();
  const CombatModel model = MustFit(data);
  CombatData stranger;
  stranger.features = {.rows = 1, .columns = kFeatures, .values = Doubles(kFeatures, 5)};
  stranger.sites = {"Zurich"};
  stranger.covariates = {{.name = "volume", .values = {0}}};
  EXPECT_THAT(ApplyCombat(model, stranger), IsMisuse("'Zurich'"));
  const auto left = ApplyCombat(model, stranger, UnseenSites::kAsReference);
  ASSERT_TRUE(left.ok());
  EXPECT_EQ(left->features.values, stranger.features.values);
  EXPECT_THAT(left->unseen_sites, testing::ElementsAre("Zurich"));
}

TEST(CombatTest, TheReferenceSiteIsLeftAsItIsAndOthersComeToIt) {
  const CombatData data = MakeData();
  const auto harmonised = ApplyCombat(MustFit(data, {.reference_site = "A"}), data);
  ASSERT_TRUE(harmonised.ok());
  EXPECT_EQ(Column(data, harmonised->features, 2, "A"), Column(data, data.features, 2, "A"));
  EXPECT_NEAR(*Mean(Column(data, harmonised->features, 2, "C")),
              *Mean(Column(data, data.features, 2, "A")), 1);
  EXPECT_THAT(FitCombat(data, Target(), {.reference_site = "Z"}), IsMisuse("'Z'"));
}

TEST(CombatTest, TheTargetIsNoCovariateUnderAnyName) {
  CombatData data = MakeData();
  Covariate months = Target();
  months.name = "age_in_months";
  for (double& value : months.values) value *= 12;
  data.covariates.push_back(months);
  EXPECT_THAT(FitCombat(data, Target()), IsMisuse("'age_in_months' is what is to be predicted"));
  data.covariates.back() = {.name = "age", .values = data.covariates[0].values};
  EXPECT_THAT(FitCombat(data, Target()), IsMisuse("'age' is what is to be predicted"));
}

TEST(CombatTest, WhatTheDataDoNotDetermineHasAReason) {
  CombatData one_scan = MakeData();
  one_scan.sites[0] = "D";
  EXPECT_THAT(FitCombat(one_scan, Target()), IsUndefinedBecause("site 'D' has one scan"));
  CombatData constant = MakeData();
  for (size_t row = 0; row < kRows; ++row) constant.features.at(row, 3) = 0.1;
  EXPECT_THAT(FitCombat(constant, Target()), IsUndefinedBecause("feature 3 does not vary"));
  CombatData confounded = MakeData();
  for (size_t row = 0; row < kRows; ++row) confounded.covariates[0].values[row] = row % 3 == 1;
  EXPECT_THAT(FitCombat(confounded, Target()), IsUndefinedBecause("say the same"));
  CombatData narrow = MakeData();
  narrow.features = {kRows, 1, Column(narrow, narrow.features, 0, "A")};
  narrow.features.values.resize(kRows);
  for (size_t row = 0; row < kRows; ++row)
    narrow.features.values[row] = MakeData().features.at(row, 1);
  EXPECT_THAT(FitCombat(narrow, Target()), IsUndefinedBecause("two features"));
}

TEST(CombatTest, SizesMustFit) {
  CombatData one_site = MakeData();
  for (std::string& site : one_site.sites) site = "A";
  EXPECT_THAT(FitCombat(one_site, Target()), IsMisuse("two sites"));
  CombatData uneven = MakeData();
  uneven.sites.pop_back();
  EXPECT_THAT(FitCombat(uneven, Target()), IsMisuse("59 sites for 60 rows"));
  CombatData bad = MakeData();
  bad.features.values[7] = std::nan("");
  EXPECT_THAT(FitCombat(bad, Target()), IsMisuse("value 7"));
  EXPECT_THAT(FitCombat(MakeData(), {.name = "age"}), IsMisuse("target"));
  CombatData renamed = MakeData();
  const CombatModel model = MustFit(renamed);
  renamed.covariates[0].name = "weight";
  EXPECT_THAT(ApplyCombat(model, renamed), IsMisuse("'weight'"));
}

}  // namespace
}  // namespace gyrus
