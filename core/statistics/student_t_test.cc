#include "core/statistics/student_t.h"

#include "core/statistics/corrected_t.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

TEST(TTest, GivesTheGoldenValues) {
  const auto paired = PairedT(kA, kQ);
  ASSERT_TRUE(paired.ok());
  EXPECT_GOLDEN(paired->statistic, 1.32381469355);
  EXPECT_GOLDEN(paired->p, .212416203361);
  EXPECT_EQ(paired->zeros, 1);
  EXPECT_GOLDEN(PairedT(kA, kQ, Alternative::kGreater)->p, .10620810168);
  const auto student = StudentT(kA, kB);
  ASSERT_TRUE(student.ok());
  EXPECT_GOLDEN(student->statistic, 1.9752222012);
  EXPECT_GOLDEN(student->p, .062952661017);
  const auto welch = WelchT(kA, kB);
  ASSERT_TRUE(welch.ok());
  EXPECT_GOLDEN(welch->statistic, 2.07627583347);
  EXPECT_GOLDEN(welch->p, .0517058269137);
  EXPECT_GOLDEN(welch->df[0], 18.9672235893);
  const auto one = OneSampleT(kA, 4);
  ASSERT_TRUE(one.ok());
  EXPECT_GOLDEN(one->statistic, 1.20846513883);
  EXPECT_GOLDEN(one->p, .252205620422);
}

TEST(TTest, SidesSumToOneAndSwap) {
  for (const auto function : {StudentT, WelchT}) {
    const double less = function(kA, kB, Alternative::kLess)->p;
    EXPECT_NEAR(less + function(kA, kB, Alternative::kGreater)->p, 1, 1e-15);
    EXPECT_DOUBLE_EQ(less, function(kB, kA, Alternative::kGreater)->p);
    EXPECT_DOUBLE_EQ(function(kA, kB, Alternative::kTwoSided)->p,
                     function(kB, kA, Alternative::kTwoSided)->p);
  }
}

TEST(TTest, WhatDoesNotVaryHasNone) {
  const auto two = Alternative::kTwoSided;
  for (const auto function : {StudentT, WelchT}) {
    EXPECT_THAT(function({1, 1}, {2, 2}, two), IsUndefinedBecause("neither group varies"));
    EXPECT_THAT(function({1}, {2, 3}, two), IsUndefinedBecause("fewer than two"));
    EXPECT_THAT(function({}, {2, 3}, two), IsUndefinedBecause("group 1 is empty"));
    EXPECT_THAT(function({std::nan(""), 1}, {2, 3}, two), IsMisuse("nan"));
    EXPECT_TRUE(function({1, 1}, {2, 3}, two).ok());
  }
  EXPECT_THAT(PairedT(Doubles{1, 2}, Doubles{2, 3}), IsUndefinedBecause("do not vary"));
  EXPECT_THAT(PairedT(Doubles{1}, Doubles{2}), IsUndefinedBecause("fewer than two"));
  EXPECT_THAT(PairedT(Doubles{1, 2}, Doubles{2}), IsMisuse("2 and 1"));
  EXPECT_THAT(OneSampleT(Doubles{1, 1}, 0), IsUndefinedBecause("do not vary"));
}

TEST(TTest, DifferencesOfRoundingAreNoSpread) {
  // 0.3 - 0.1 and 0.4 - 0.2 differ in the last bit.
  EXPECT_NE(0.3 - 0.1, 0.4 - 0.2);
  EXPECT_THAT(PairedT(Doubles{0.3, 0.4}, Doubles{0.1, 0.2}), IsUndefinedBecause("do not vary"));
}

TEST(CorrectedTTest, GivesTheGoldenValues) {
  const auto corrected = CorrectedT(kFoldsA, kFoldsB, CrossValidation{.folds = 5});
  ASSERT_TRUE(corrected.ok());
  EXPECT_GOLDEN(corrected->statistic, -1.98980276682);
  EXPECT_GOLDEN(corrected->p, .117477151614);
  const auto interval = CorrectedInterval(kFoldsA, kFoldsB, 0.25);
  ASSERT_TRUE(interval.ok());
  EXPECT_GOLDEN(interval->lower, -0.29702176817968196);
  EXPECT_GOLDEN(interval->upper, 0.0490217681796819);
  const auto naive = PairedT(kFoldsA, kFoldsB);
  EXPECT_GOLDEN(naive->statistic, -2.98470415023);
  EXPECT_GOLDEN(naive->p, .040549776985);
}

TEST(CorrectedTTest, WantsTheValuesOfTheSplit) {
  EXPECT_THAT(CorrectedT(kFoldsA, kFoldsB, CrossValidation{.folds = 5, .repeats = 2}),
              IsMisuse("5 values are not those of 2 repeats of 5 folds"));
  EXPECT_THAT(CorrectedT(Doubles{1}, Doubles{2}, CrossValidation{.folds = 1}), IsMisuse("1 folds"));
  EXPECT_THAT(CorrectedT(kFoldsA, kFoldsB, 0.0), IsMisuse("above 0"));
  EXPECT_THAT(CorrectedT(kFoldsA, kFoldsA, 0.25), IsUndefinedBecause("do not vary"));
  EXPECT_THAT(CorrectedInterval(kFoldsA, kFoldsB, 0.0), IsMisuse("above 0"));
  EXPECT_THAT(CorrectedInterval(kFoldsA, kFoldsA, 0.25), IsUndefinedBecause("do not vary"));
  EXPECT_THAT(CorrectedInterval(Doubles{1}, Doubles{2}, 0.25), IsUndefinedBecause("two folds"));
}

TEST(CorrectedTTest, OneSidedPsAreOfTheCorrectedT) {
  const CrossValidation split{.folds = 5};
  const double less = CorrectedT(kFoldsA, kFoldsB, split, Alternative::kLess)->p;
  EXPECT_GOLDEN(less, .117477151614 / 2);
}

}  // namespace
}  // namespace gyrus
