#include "core/evaluate/comparison.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/random.h"
#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

v1::Compare With(const std::string& arm) {
  v1::Compare compare;
  compare.set_with(arm);
  compare.set_metric(v1::METRIC_MAE);
  compare.set_alternative(v1::ALTERNATIVE_TWO_SIDED);
  compare.set_correction(v1::CORRECTION_NONE);
  compare.set_seed(1);
  return compare;
}

v1::Comparisons MustCompare(const std::vector<TestedArm>& arms, const v1::Compare& compare,
                            const SampleSet& samples = {}) {
  const auto comparisons = CompareArms(arms, compare, 5, samples.ById());
  EXPECT_TRUE(comparisons.ok()) << comparisons.status();
  return comparisons.ok() ? *comparisons : v1::Comparisons();
}

const v1::TestOutcome& Find(v1::TestKind kind,
                            const google::protobuf::RepeatedPtrField<v1::TestOutcome>& tests) {
  static const v1::TestOutcome none;
  for (const v1::TestOutcome& test : tests) {
    if (test.kind() == kind) return test;
  }
  ADD_FAILURE() << "there is no " << v1::TestKind_Name(kind);
  return none;
}

// Subjects s0, s1, ... of one visit each, all tested in one fold.
void AddFold(const Doubles& errors, TestedArm& arm) {
  TestedFold& fold = arm.folds.emplace_back();
  fold.fold = static_cast<uint32_t>(arm.folds.size() - 1);
  for (size_t i = 0; i < errors.size(); ++i) {
    fold.predictions.push_back(MakePrediction(absl::StrCat("c/s", i, "/1"), 0, errors[i]));
  }
}

SampleSet Subjects(size_t n) {
  SampleSet samples;
  for (size_t i = 0; i < n; ++i) samples.Add(absl::StrCat("s", i));
  return samples;
}

TEST(ComparisonTest, OfFoldsGivesTheGoldenValues) {
  const v1::Comparisons result = MustCompare(
      {ArmOfFolds("A", kFoldsA), ArmOfFolds("B", kFoldsB), ArmOfFolds("C", kFoldsC)}, With("B"));
  ASSERT_EQ(result.comparisons_size(), 2);
  const v1::Comparison& a = result.comparisons(0);
  EXPECT_EQ(a.arm(), "A");
  const v1::TestOutcome& corrected = Find(v1::TEST_KIND_CORRECTED_T, a.tests());
  EXPECT_GOLDEN(corrected.statistic(), -1.98980276682);
  EXPECT_GOLDEN(corrected.p(), .117477151614);
  EXPECT_THAT(corrected.df(), testing::ElementsAre(4));
  EXPECT_THAT(corrected.n(), testing::ElementsAre(5));
  EXPECT_THAT(corrected.sentence(), HasSubstr("Nadeau-Bengio"));
  const v1::TestOutcome& naive = Find(v1::TEST_KIND_NAIVE_T, a.tests());
  EXPECT_GOLDEN(naive.statistic(), -2.98470415023);
  EXPECT_GOLDEN(naive.p(), .040549776985);
  EXPECT_THAT(naive.sentence(), HasSubstr("naive"));
  // scipy 1.17.1: t(4) quantile times the corrected standard error.
  EXPECT_NEAR(a.difference().value(), -0.124, 1e-12);
  EXPECT_GOLDEN(a.difference().lower(), -0.297021768180);
  EXPECT_GOLDEN(a.difference().upper(), 0.049021768180);

  const v1::TestOutcome& friedman = Find(v1::TEST_KIND_FRIEDMAN, result.all_arms());
  EXPECT_GOLDEN(friedman.statistic(), 6.4);
  EXPECT_GOLDEN(friedman.p(), .0407622039784);
  const v1::TestOutcome& anova = Find(v1::TEST_KIND_REPEATED_MEASURES_ANOVA, result.all_arms());
  EXPECT_GOLDEN(anova.statistic(), 7.30214917826);
  EXPECT_GOLDEN(anova.p(), .0156890202704);
  EXPECT_THAT(Find(v1::TEST_KIND_ONE_WAY_ANOVA, result.all_arms()).sentence(),
              HasSubstr("ignores that arms share folds"));
}

TEST(ComparisonTest, OfSubjectsGivesTheGoldenValues) {
  TestedArm x{.name = "x", .task = NumberTask()};
  TestedArm y{.name = "y", .task = NumberTask()};
  AddFold(kX, x);
  AddFold(kY, y);
  const v1::Comparisons result = MustCompare({x, y}, With("y"), Subjects(10));
  const v1::Comparison& comparison = result.comparisons(0);
  const v1::TestOutcome& wilcoxon = Find(v1::TEST_KIND_WILCOXON, comparison.tests());
  EXPECT_GOLDEN(wilcoxon.statistic(), 9);
  EXPECT_GOLDEN(wilcoxon.p(), .064453125);
  EXPECT_THAT(wilcoxon.n(), testing::ElementsAre(10));
  EXPECT_NEAR(comparison.error_difference().value(), 11.86 / 10 - 14.82 / 10, 1e-12);
  EXPECT_LT(comparison.error_difference().lower(), comparison.error_difference().value());
  EXPECT_GT(comparison.error_difference().upper(), comparison.error_difference().value());
  EXPECT_THAT(comparison.error_difference().method(),
              HasSubstr("2000 resamples of subjects, seed 1"));
  EXPECT_EQ(result.seed(), 1);
  EXPECT_EQ(result.resamples(), 2000);
}

TEST(ComparisonTest, EffectSizeIsThatOfSubjectsErrors) {
  TestedArm a{.name = "a", .task = NumberTask()};
  TestedArm q{.name = "q", .task = NumberTask()};
  AddFold(kA, a);
  AddFold(kQ, q);
  const v1::Comparisons result = MustCompare({a, q}, With("q"), Subjects(12));
  const v1::Estimate& effect = result.comparisons(0).effect_size();
  EXPECT_GOLDEN(effect.value(), .382152384838);
  EXPECT_NEAR(effect.lower(), -0.213185331388, 1e-9);  // By quadrature of 25 digits.
  EXPECT_NEAR(effect.upper(), 0.961578891141, 1e-9);
  EXPECT_EQ(effect.n(), 12);
  const v1::TestOutcome& wilcoxon = Find(v1::TEST_KIND_WILCOXON, result.comparisons(0).tests());
  EXPECT_EQ(wilcoxon.p(), 346.0 / 2048);  // All signs of the mid-ranks count.
  EXPECT_EQ(wilcoxon.zeros(), 1);
}

TEST(ComparisonTest, ASubjectCountsOnceOverVisitsAndRepeats) {
  SampleSet samples;
  samples.Add("s0", "1");
  samples.Add("s0", "2");
  samples.Add("s1");
  samples.Add("s2");
  TestedArm arm{.name = "arm", .task = NumberTask()};
  TestedArm with{.name = "with", .task = NumberTask()};
  for (uint32_t repeat = 0; repeat < 2; ++repeat) {
    for (TestedArm* const one : {&arm, &with}) {
      const double error = one == &arm ? 1 + repeat : 5;
      one->folds.push_back({.repeat = repeat,
                            .predictions = {MakePrediction("c/s0/1", 0, error),
                                            MakePrediction("c/s0/2", 0, -error - 1),
                                            MakePrediction("c/s1/1", 0, error),
                                            MakePrediction("c/s2/1", 0, error * 2)}});
    }
  }
  const v1::Comparisons result = MustCompare({arm, with}, With("with"), samples);
  const v1::Comparison& comparison = result.comparisons(0);
  EXPECT_EQ(comparison.error_difference().n(), 3);
  // Subjects of the arm: 2, 1.5 and 3; of the other: 5.5, 5 and 10.
  EXPECT_NEAR(comparison.error_difference().value(), (2 + 1.5 + 3 - 5.5 - 5 - 10) / 3, 1e-12);
}

TEST(ComparisonTest, OnlyWhatBothArmsHaveIsCompared) {
  TestedArm arm{.name = "arm", .task = NumberTask()};
  TestedArm with{.name = "with", .task = NumberTask()};
  AddFold({1, 2, 3}, arm);
  AddFold({9, 9, 9}, arm);  // The other arm has no second fold.
  AddFold({2, 2, 5}, with);
  arm.folds[0].predictions[1].clear_target();
  with.folds[0].predictions[1].clear_target();
  const v1::Comparisons result = MustCompare({arm, with}, With("with"), Subjects(3));
  EXPECT_EQ(result.comparisons(0).error_difference().n(), 2);
  EXPECT_DOUBLE_EQ(result.comparisons(0).error_difference().value(), -1.5);
}

TEST(ComparisonTest, FoldsThatOneArmLacksAreLeftOut) {
  TestedArm holed = ArmOfFolds("holed", {1, 2, 3, 9});
  holed.folds.erase(holed.folds.begin() + 1);
  const v1::Comparisons result =
      MustCompare({holed, ArmOfFolds("whole", {2, 2, 5, 4, 6})}, With("whole"));
  EXPECT_EQ(result.comparisons(0).difference().n(), 3);
  EXPECT_DOUBLE_EQ(result.comparisons(0).difference().value(), (1 - 2 + 3 - 5 + 9 - 4) / 3.0);
}

TEST(ComparisonTest, OfOneFoldIsUndefinedWithItsReason) {
  const v1::Comparisons result =
      MustCompare({ArmOfFolds("A", {1}), ArmOfFolds("B", {2})}, With("B"));
  for (const v1::TestOutcome& test : result.comparisons(0).tests()) {
    EXPECT_FALSE(test.has_p());
    EXPECT_NE(test.reason(), "") << v1::TestKind_Name(test.kind());
  }
  EXPECT_DOUBLE_EQ(result.comparisons(0).difference().value(), -1);
  EXPECT_FALSE(result.comparisons(0).difference().has_lower());
  for (const v1::TestOutcome& test : result.all_arms()) EXPECT_NE(test.reason(), "");
}

TEST(ComparisonTest, OfEqualFoldsIsUndefinedWithItsReason) {
  TestedArm a = ArmOfFolds("A", {2, 2, 2});
  TestedArm b = ArmOfFolds("B", {2, 2, 2});
  TestedArm c = ArmOfFolds("C", {2, 2, 2});
  const v1::Comparisons result = MustCompare({a, b, c}, With("B"));
  EXPECT_THAT(Find(v1::TEST_KIND_CORRECTED_T, result.comparisons(0).tests()).reason(),
              HasSubstr("do not vary"));
  EXPECT_EQ(result.comparisons(0).difference().value(), 0);
  EXPECT_FALSE(result.comparisons(0).difference().has_lower());
  EXPECT_THAT(result.comparisons(0).difference().reason(), HasSubstr("do not vary"));
  for (const v1::TestOutcome& test : result.all_arms()) {
    EXPECT_FALSE(test.has_p()) << v1::TestKind_Name(test.kind());
    EXPECT_NE(test.reason(), "") << v1::TestKind_Name(test.kind());
  }
}

TEST(ComparisonTest, WithoutAFoldEverythingIsUndefined) {
  const v1::Comparisons result =
      MustCompare({ArmOfFolds("A", {}), ArmOfFolds("B", {1, 2})}, With("A"));
  EXPECT_FALSE(result.comparisons(0).difference().has_value());
  EXPECT_NE(result.comparisons(0).error_difference().reason(), "");
  EXPECT_NE(result.comparisons(0).effect_size().reason(), "");
}

TEST(ComparisonTest, FriedmanNeedsThreeArms) {
  const v1::Comparisons result =
      MustCompare({ArmOfFolds("A", kFoldsA), ArmOfFolds("B", kFoldsB)}, With("B"));
  EXPECT_EQ(Find(v1::TEST_KIND_FRIEDMAN, result.all_arms()).reason(),
            "it needs three arms or more");
}

TEST(ComparisonTest, PIsCorrectedOverTheArmsThatHaveOne) {
  v1::Compare compare = With("A");
  compare.set_correction(v1::CORRECTION_HOLM);
  const std::vector<TestedArm> arms = {
      ArmOfFolds("A", kFoldsA), ArmOfFolds("B", kFoldsB), ArmOfFolds("C", kFoldsC),
      ArmOfFolds("same", kFoldsA)};  // Without a p, so in no family.
  const v1::Comparisons holm = MustCompare(arms, compare);
  const auto t = [](const v1::Comparisons& result, int arm) {
    return Find(v1::TEST_KIND_CORRECTED_T, result.comparisons(arm).tests());
  };
  const double smaller = std::min(t(holm, 0).p(), t(holm, 1).p());
  EXPECT_DOUBLE_EQ(std::min(t(holm, 0).p_corrected(), t(holm, 1).p_corrected()), 2 * smaller);
  EXPECT_THAT(t(holm, 0).sentence(), HasSubstr("Corrected over 2 comparisons (Holm)"));
  EXPECT_FALSE(t(holm, 2).has_p_corrected());
  compare.set_correction(v1::CORRECTION_BONFERRONI);
  EXPECT_DOUBLE_EQ(t(MustCompare(arms, compare), 0).p_corrected(),
                   std::min(1.0, 2 * t(holm, 0).p()));
  compare.set_correction(v1::CORRECTION_BH);
  const v1::Comparisons bh = MustCompare(arms, compare);
  EXPECT_DOUBLE_EQ(std::max(t(bh, 0).p_corrected(), t(bh, 1).p_corrected()),
                   std::max(t(bh, 0).p(), t(bh, 1).p()));
  compare.set_correction(v1::CORRECTION_NONE);
  EXPECT_FALSE(t(MustCompare(arms, compare), 0).has_p_corrected());
}

TEST(ComparisonTest, OneComparisonIsItsOwnFamily) {
  v1::Compare compare = With("B");
  compare.set_correction(v1::CORRECTION_HOLM);
  const v1::Comparisons result =
      MustCompare({ArmOfFolds("A", kFoldsA), ArmOfFolds("B", kFoldsB)}, compare);
  const v1::TestOutcome& t = Find(v1::TEST_KIND_CORRECTED_T, result.comparisons(0).tests());
  EXPECT_EQ(t.p_corrected(), t.p());
  EXPECT_THAT(t.sentence(), testing::Not(HasSubstr("Corrected over")));
}

TEST(ComparisonTest, AnExpectationOfTheMetricIsOneOfTheErrors) {
  const auto p_of = [](v1::Metric metric, v1::Alternative alternative, v1::TestKind kind) {
    TestedArm x{.name = "x", .task = NumberTask()};
    TestedArm y{.name = "y", .task = NumberTask()};
    AddFold(kX, x);
    AddFold(kY, y);
    v1::Compare compare = With("y");
    compare.set_metric(metric);
    compare.set_alternative(alternative);
    const v1::Comparisons result = MustCompare({x, y}, compare, Subjects(10));
    return Find(kind, result.comparisons(0).tests()).p();
  };
  constexpr v1::TestKind kErrors = v1::TEST_KIND_WILCOXON;
  EXPECT_GOLDEN(p_of(v1::METRIC_MAE, v1::ALTERNATIVE_LESS, kErrors), .0322265625);
  EXPECT_GOLDEN(p_of(v1::METRIC_MAE, v1::ALTERNATIVE_GREATER, kErrors), .9755859375);
  // A greater correlation goes with smaller errors.
  EXPECT_GOLDEN(p_of(v1::METRIC_PEARSON, v1::ALTERNATIVE_GREATER, kErrors), .0322265625);
  EXPECT_GOLDEN(p_of(v1::METRIC_PEARSON, v1::ALTERNATIVE_LESS, kErrors), .9755859375);
}

TEST(ComparisonTest, OneSidedTestsOfFoldsAreOfTheMetric) {
  v1::Compare compare = With("B");
  compare.set_alternative(v1::ALTERNATIVE_LESS);
  const std::vector<TestedArm> arms = {ArmOfFolds("A", kFoldsA), ArmOfFolds("B", kFoldsB)};
  const v1::Comparisons less = MustCompare(arms, compare);
  EXPECT_GOLDEN(Find(v1::TEST_KIND_CORRECTED_T, less.comparisons(0).tests()).p(),
                .117477151614 / 2);
}

// Random arms of which the first is compared with; p by arm and test.
using PByTest = std::map<std::string, double>;

PByTest AllP(const v1::Comparisons& result) {
  PByTest p;
  const auto add = [&p](const std::string& arm, const v1::TestOutcome& test) {
    const std::string name = absl::StrCat(arm, " ", v1::TestKind_Name(test.kind()));
    if (test.has_p()) p[name] = test.p();
    if (test.has_p_corrected()) p[name + " corrected"] = test.p_corrected();
  };
  for (const v1::Comparison& comparison : result.comparisons()) {
    for (const v1::TestOutcome& test : comparison.tests()) add(comparison.arm(), test);
    p[comparison.arm() + " lower"] = comparison.error_difference().lower();
    p[comparison.arm() + " upper"] = comparison.error_difference().upper();
  }
  for (const v1::TestOutcome& test : result.all_arms()) add("all", test);
  return p;
}

TEST(ComparisonPropertyTest, NoOrderOfArmsOrFoldsChangesP) {
  constexpr int kFolds = 6, kSubjects = 12;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    RandomStream random(seed, "comparison_test");
    std::vector<TestedArm> arms;
    for (const char* name : {"A", "B", "C", "D"}) {
      TestedArm& arm = arms.emplace_back();
      arm = ArmOfFolds(name, {});
      for (int f = 0; f < kFolds; ++f) {
        Doubles errors;
        for (int s = 0; s < kSubjects; ++s) errors.push_back(random.NextUnit());
        AddFold(errors, arm);
        ASSERT_TRUE(AddValue(v1::METRIC_MAE, random.NextUnit(), arm.folds.back().metrics).ok());
      }
    }
    v1::Compare compare = With("B");
    compare.set_correction(v1::CORRECTION_HOLM);
    const PByTest before = AllP(MustCompare(arms, compare, Subjects(kSubjects)));
    EXPECT_EQ(before.size(), 3 * (3 * 2 + 2) + 3);
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      for (size_t i = arms.size() - 1; i > 0; --i) {
        std::swap(arms[i], arms[random.NextBelow(static_cast<uint32_t>(i + 1))]);
      }
      std::reverse(arms[0].folds.begin(), arms[0].folds.end());
      const PByTest after = AllP(MustCompare(arms, compare, Subjects(kSubjects)));
      ASSERT_EQ(after.size(), before.size()) << "seed " << seed;
      for (const auto& [name, p] : before) {
        EXPECT_NEAR(after.at(name), p, 1e-9) << name << ", seed " << seed;
      }
    }
  }
}

TEST(ComparisonTest, MisuseIsRefused) {
  const std::vector<TestedArm> arms = {ArmOfFolds("A", {1, 2}), ArmOfFolds("B", {2, 3})};
  EXPECT_THAT(CompareArms(arms, With("C"), 5, {}), IsMisuse("'C'"));
  EXPECT_THAT(CompareArms({arms[0]}, With("A"), 5, {}), IsMisuse("1 arms"));
  EXPECT_THAT(CompareArms(arms, With("A"), 1, {}), IsMisuse("1 folds"));
  TestedArm x{.name = "x", .task = NumberTask()};
  TestedArm y{.name = "y", .task = NumberTask()};
  AddFold({1}, x);
  AddFold({2}, y);
  EXPECT_TRUE(absl::IsInternal(CompareArms({x, y}, With("y"), 5, {}).status()));
}

}  // namespace
}  // namespace gyrus
