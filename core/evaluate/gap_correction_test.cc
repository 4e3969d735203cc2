#include "core/evaluate/gap_correction.h"

#include <cmath>

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

CorrectedFold MustCorrect(v1::BiasMethod method, const std::vector<v1::Prediction>& validation,
                          const std::vector<v1::Prediction>& test) {
  auto corrected = CorrectFold(method, validation, test);
  EXPECT_TRUE(corrected.ok()) << corrected.status();
  return *std::move(corrected);
}

TEST(GapCorrectionTest, GivesTheGoldenValues) {
  const std::vector<v1::Prediction> items = MakePredictions(kAge, kPredicted);
  const CorrectedFold cole = MustCorrect(v1::BIAS_METHOD_COLE, items, items);
  EXPECT_GOLDEN(cole.fold.slope(), .688434565885);
  EXPECT_GOLDEN(cole.fold.intercept(), 19.3900230389);
  EXPECT_EQ(cole.fold.n(), 10);
  ASSERT_EQ(cole.gaps.size(), 10);
  EXPECT_NEAR(cole.gaps[0].corrected, 51.7260154061 - 52.1, 1e-9);
  EXPECT_NEAR(cole.gaps[0].gap, 2.9, 1e-12);
  EXPECT_EQ(cole.gaps[0].item, "item-0");
  EXPECT_EQ(cole.gaps[0].age, 52.1);
  EXPECT_EQ(cole.gaps[0].prediction, 55.0);
  const CorrectedFold regression = MustCorrect(v1::BIAS_METHOD_AGE_REGRESSION, items, items);
  EXPECT_NEAR(regression.gaps[0].corrected, 51.8425360785 - 52.1, 1e-9);
}

TEST(GapCorrectionTest, IsFittedOnValidationItemsAlone) {
  // A line through the validation items: prediction = 1 + 0.5 * age.
  const std::vector<v1::Prediction> validation = MakePredictions({2, 4, 6}, {2, 3, 4});
  const CorrectedFold one =
      MustCorrect(v1::BIAS_METHOD_COLE, validation, MakePredictions({10}, {6}));
  EXPECT_NEAR(one.fold.slope(), 0.5, 1e-12);
  EXPECT_NEAR(one.fold.intercept(), 1, 1e-12);
  EXPECT_EQ(one.fold.n(), 3);
  EXPECT_NEAR(one.gaps[0].corrected, 0, 1e-12);
  const CorrectedFold other =
      MustCorrect(v1::BIAS_METHOD_COLE, validation, MakePredictions({10, 20}, {100, 0}));
  EXPECT_EQ(other.fold.slope(), one.fold.slope());
}

TEST(GapCorrectionTest, ItemsWithoutAnAgeAreLeftOut) {
  std::vector<v1::Prediction> validation = MakePredictions({2, 4, 6}, {2, 3, 400});
  validation[2].clear_target();
  std::vector<v1::Prediction> test = MakePredictions({10, 12}, {6, 7});
  test[0].clear_target();
  const CorrectedFold corrected = MustCorrect(v1::BIAS_METHOD_COLE, validation, test);
  EXPECT_EQ(corrected.fold.n(), 2);
  EXPECT_NEAR(corrected.fold.slope(), 0.5, 1e-12);
  ASSERT_EQ(corrected.gaps.size(), 1);
  EXPECT_EQ(corrected.gaps[0].item, "item-1");
}

TEST(GapCorrectionTest, WhatCannotBeFittedIsUndefinedWithItsReason) {
  const std::vector<v1::Prediction> test = MakePredictions({1}, {1});
  const auto reason = [&](const std::vector<v1::Prediction>& validation) {
    const CorrectedFold corrected = MustCorrect(v1::BIAS_METHOD_COLE, validation, test);
    EXPECT_FALSE(corrected.fold.has_slope());
    EXPECT_FALSE(corrected.fold.has_intercept());
    EXPECT_TRUE(corrected.gaps.empty());
    return corrected.fold.reason();
  };
  EXPECT_THAT(reason({}), HasSubstr("no validation item"));
  EXPECT_THAT(reason(MakePredictions({2, 2}, {1, 3})), HasSubstr("two different values"));
  EXPECT_THAT(reason(MakePredictions({2, 4}, {1, 1})), HasSubstr("hardly follow age"));
  EXPECT_THAT(CorrectFold(v1::BIAS_METHOD_NONE, test, test), IsMisuse("no method"));
}

TEST(GapCorrectionTest, SummaryIsOverTheItemsOfAllFoldsBeforeAndAfter) {
  const std::vector<v1::Prediction> items = MakePredictions(kAge, kPredicted);
  const std::vector<v1::Prediction> first(items.begin(), items.begin() + 5);
  const std::vector<v1::Prediction> second(items.begin() + 5, items.end());
  std::vector<CorrectedFold> folds = {MustCorrect(v1::BIAS_METHOD_AGE_REGRESSION, items, first),
                                      MustCorrect(v1::BIAS_METHOD_AGE_REGRESSION, items, second),
                                      MustCorrect(v1::BIAS_METHOD_AGE_REGRESSION, {}, second)};
  const auto result = SummariseGaps(v1::BIAS_METHOD_AGE_REGRESSION, folds);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->folds_size(), 3);
  EXPECT_EQ(result->uncorrected().n(), 10);
  EXPECT_EQ(result->corrected().n(), 10);
  // Limits of agreement are .02 -+ 1.96 SD.
  EXPECT_NEAR(result->uncorrected().sd(), (7.07224838537 - .02) / 1.959963984540054, 1e-2);
  EXPECT_GOLDEN(result->uncorrected().age_correlation(), -.977258847011);
  EXPECT_NEAR(result->corrected().age_correlation(), 0, 1e-9);
  EXPECT_LT(result->corrected().sd(), result->uncorrected().sd());
  EXPECT_THAT(result->method_sentence(), HasSubstr("no accuracy"));
}

TEST(GapCorrectionTest, OfNoItemNothingIsSaid) {
  const auto result = SummariseGaps(v1::BIAS_METHOD_COLE, {});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->corrected().has_sd());
  EXPECT_NE(result->corrected().reason(), "");
}

}  // namespace
}  // namespace gyrus
