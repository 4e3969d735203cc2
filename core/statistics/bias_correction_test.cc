#include "core/statistics/bias_correction.h"

#include <type_traits>

#include "core/statistics/errors.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

// Applies a correction to the ages that it was fitted to. This is allowed in a test;
// the library has no function for it, because it would make errors look too small.
Doubles CorrectedAges(BiasMethod method) {
  const auto correction = FitBiasCorrection(method, kAge, kPredicted);
  EXPECT_TRUE(correction.ok()) << correction.status();
  const auto gaps = CorrectGaps(*correction, kAge, kPredicted);
  EXPECT_TRUE(gaps.ok()) << gaps.status();
  Doubles ages;
  for (size_t i = 0; i < kAge.size(); ++i) ages.push_back(gaps->ForComparingGroups()[i] + kAge[i]);
  return ages;
}

static_assert(!std::is_convertible_v<CorrectedGaps, absl::Span<const double>>,
              "a corrected gap is no error");

TEST(BiasCorrectionTest, ColeGivesTheGoldenValues) {
  const Doubles ages = CorrectedAges(BiasMethod::kCole);
  EXPECT_GOLDEN(ages[0], 51.7260154061);
  EXPECT_THAT(MeanAbsoluteError(kAge, ages), Holds(.659916570257));
}

TEST(BiasCorrectionTest, AgeRegressionGivesTheGoldenValues) {
  const Doubles ages = CorrectedAges(BiasMethod::kAgeRegression);
  EXPECT_GOLDEN(ages[0], 51.8425360785);
  EXPECT_THAT(MeanAbsoluteError(kAge, ages), Holds(.454309377565));
  const auto correction = FitBiasCorrection(BiasMethod::kAgeRegression, kAge, kPredicted);
  EXPECT_GOLDEN(correction->slope - 1, -.311565434115);  // Beheshti's G,
  EXPECT_GOLDEN(correction->intercept, 19.3900230389);   // and O.
  EXPECT_EQ(correction->n, 10);
}

TEST(BiasCorrectionTest, ColeNeedsNoAgeAndTheRegressionDoes) {
  const auto cole = FitBiasCorrection(BiasMethod::kCole, kAge, kPredicted);
  EXPECT_THAT(CorrectAge(*cole, 55.0), Holds(51.7260154061));
  const auto regression = FitBiasCorrection(BiasMethod::kAgeRegression, kAge, kPredicted);
  EXPECT_THAT(CorrectAge(*regression, 55.0), IsMisuse("unknown age"));
}

TEST(BiasCorrectionTest, ASiteOffsetTakesItsMeanGapAway) {
  const auto offset = FitBiasCorrection(BiasMethod::kSiteOffset, Doubles{60, 70}, Doubles{64, 76});
  ASSERT_TRUE(offset.ok());
  const auto gaps = CorrectGaps(*offset, Doubles{60, 70}, Doubles{64, 76});
  ASSERT_TRUE(gaps.ok());
  EXPECT_EQ(gaps->ForComparingGroups(), absl::MakeConstSpan({-1.0, 1.0}));
  EXPECT_THAT(ToText(*offset), testing::HasSubstr("uses the site's ages"));
}

TEST(BiasCorrectionTest, IsAppliedToOthersAsItWasFitted) {
  const BiasCorrection kept{BiasMethod::kAgeRegression, 0.5, 30, 100};
  const auto gaps = CorrectGaps(kept, Doubles{50}, Doubles{58});
  ASSERT_TRUE(gaps.ok());
  EXPECT_EQ(gaps->ForComparingGroups()[0], 58 - (30 + 0.5 * 50));
  EXPECT_EQ(gaps->correction().n, 100);
  EXPECT_THAT(ToText(kept), testing::HasSubstr("uses the true age"));
}

TEST(BiasCorrectionTest, PredictionsThatHardlyFollowAgeAreNotCorrectedByCole) {
  const Doubles flat = {60, 60.5, 61};
  const Doubles ages = {50, 60, 70};
  EXPECT_THAT(FitBiasCorrection(BiasMethod::kCole, ages, flat), IsUndefinedBecause("slope 0.05"));
  EXPECT_TRUE(FitBiasCorrection(BiasMethod::kAgeRegression, ages, flat).ok());
  EXPECT_THAT(CorrectGaps({BiasMethod::kCole, 0.05, 1, 3}, ages, flat), IsMisuse("slope of 0.05"));
}

TEST(BiasCorrectionTest, NeedsAgesThatVary) {
  for (const auto method : {BiasMethod::kCole, BiasMethod::kAgeRegression}) {
    EXPECT_THAT(FitBiasCorrection(method, Doubles{60, 60}, Doubles{59, 61}),
                IsUndefinedBecause("two different values"));
    EXPECT_THAT(FitBiasCorrection(method, Doubles{60}, Doubles{59, 61}), IsMisuse("1 and 2"));
  }
  EXPECT_THAT(FitBiasCorrection(BiasMethod::kSiteOffset, Doubles{}, Doubles{}),
              IsUndefinedBecause("no items"));
}

}  // namespace
}  // namespace gyrus
