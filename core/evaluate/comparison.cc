#include "core/evaluate/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/class_comparison.h"
#include "core/evaluate/error_comparison.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/pooled.h"
#include "core/evaluate/subject_errors.h"
#include "core/evaluate/test_outcome.h"
#include "core/spec/metric.h"
#include "core/spec/task.h"
#include "core/statistics/anova.h"
#include "core/statistics/checks.h"
#include "core/statistics/corrected_t.h"
#include "core/statistics/moments.h"
#include "core/statistics/rank_anova.h"
#include "core/statistics/student_t.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Rows = std::vector<std::vector<double>>;

Alternative ToStatistics(v1::Alternative alternative) {
  if (alternative == v1::ALTERNATIVE_LESS) return Alternative::kLess;
  if (alternative == v1::ALTERNATIVE_GREATER) return Alternative::kGreater;
  return Alternative::kTwoSided;
}

// Translates the alternative about a metric to one about errors: a greater r2 means a
// smaller error.
Alternative OfErrors(v1::Alternative alternative, v1::Metric metric) {
  const Alternative same = ToStatistics(alternative);
  if (BetterOf(metric) == Better::kLess || same == Alternative::kTwoSided) return same;
  if (BetterOf(metric) == Better::kNeither) return Alternative::kTwoSided;
  return same == Alternative::kLess ? Alternative::kGreater : Alternative::kLess;
}

// A row for each arm, with the metric's values in the folds in which all have it.
Rows SharedFolds(absl::Span<const TestedArm* const> arms, v1::Metric metric) {
  Rows rows(arms.size());
  for (const TestedFold& fold : arms.front()->folds) {
    std::vector<double> values;
    for (const TestedArm* const arm : arms) {
      const TestedFold* const same = FindFold(*arm, fold);
      const auto value = same == nullptr ? std::nullopt : ValueOf(same->metrics, metric);
      if (value.has_value()) values.push_back(*value);
    }
    if (values.size() < arms.size()) continue;
    for (size_t a = 0; a < arms.size(); ++a) rows[a].push_back(values[a]);
  }
  return rows;
}

// The paired t test over folds is shown because readers expect it, but marked as naive:
// folds share training subjects, so its p is too small.
absl::StatusOr<v1::TestOutcome> AddNaively(const Defined<TestResult>& paired) {
  Defined<TestResult> naive = paired;
  if (naive.ok()) {
    naive->variant = absl::StrCat(naive->variant, "; naive: folds share training subjects");
  }
  return OutcomeOf(v1::TEST_KIND_NAIVE_T, naive);
}

absl::Status CompareFolds(const Rows& rows, Alternative alternative, double test_share,
                          v1::Comparison& comparison) {
  const std::vector<double> differences = Differences(rows[0], rows[1]);
  GYRUS_ASSIGN_OR_RETURN(
      *comparison.mutable_difference(),
      EstimateOf(Mean(differences), CorrectedInterval(rows[0], rows[1], test_share),
                 "95% by the corrected resampled t (Nadeau-Bengio)", differences.size()));
  GYRUS_ASSIGN_OR_RETURN(
      *comparison.add_tests(),
      OutcomeOf(v1::TEST_KIND_CORRECTED_T, CorrectedT(rows[0], rows[1], test_share, alternative)));
  GYRUS_ASSIGN_OR_RETURN(*comparison.add_tests(),
                         AddNaively(PairedT(rows[0], rows[1], alternative)));
  return absl::OkStatus();
}

// Over subjects and items.
absl::Status CompareItems(const TestedArm& arm, const TestedArm& with, const v1::Compare& compare,
                          const SamplesById& samples, v1::Comparison& comparison) {
  if (HasOutput(arm.task, OutputKind::kNumber) && HasOutput(with.task, OutputKind::kNumber)) {
    GYRUS_ASSIGN_OR_RETURN(const PairedErrors errors, PairSubjects(arm, with, samples));
    GYRUS_RETURN_IF_ERROR(CompareErrors(errors, OfErrors(compare.alternative(), compare.metric()),
                                        compare.seed(), comparison));
  }
  if (HasOutput(arm.task, OutputKind::kClass) && HasOutput(with.task, OutputKind::kClass)) {
    GYRUS_RETURN_IF_ERROR(CompareClasses(arm, with, comparison));
  }
  return absl::OkStatus();
}

// The p of one kind of test over all arms form a family, which is corrected by itself.
absl::Status CorrectAll(v1::Comparisons& result) {
  std::map<v1::TestKind, std::vector<v1::TestOutcome*>> families;
  for (v1::Comparison& comparison : *result.mutable_comparisons()) {
    for (v1::TestOutcome& test : *comparison.mutable_tests()) {
      families[test.kind()].push_back(&test);
    }
  }
  for (const auto& [kind, family] : families) {
    GYRUS_RETURN_IF_ERROR(CorrectP(result.correction(), family));
  }
  return absl::OkStatus();
}

// The tests of all arms at once that know which values belong together. Friedman's needs
// three arms; with two it would be a sign test.
absl::Status TestAllPaired(const std::vector<absl::Span<const double>>& arms,
                           v1::Comparisons& result) {
  GYRUS_ASSIGN_OR_RETURN(
      *result.add_all_arms(),
      OutcomeOf(v1::TEST_KIND_FRIEDMAN,
                arms.size() < 3 ? Defined<TestResult>(Undefined("it needs three arms or more"))
                                : Friedman(arms)));
  GYRUS_ASSIGN_OR_RETURN(*result.add_all_arms(), OutcomeOf(v1::TEST_KIND_REPEATED_MEASURES_ANOVA,
                                                           RepeatedMeasuresAnova(arms)));
  return absl::OkStatus();
}

absl::Status TestAll(const Rows& rows, v1::Comparisons& result) {
  const std::vector<absl::Span<const double>> arms(rows.begin(), rows.end());
  Defined<TestResult> one_way = OneWayAnova(arms);
  if (one_way.ok()) {
    one_way->variant = absl::StrCat(one_way->variant, one_way->variant.empty() ? "" : "; ",
                                    "ignores that arms share folds");
  }
  GYRUS_RETURN_IF_ERROR(TestAllPaired(arms, result));
  GYRUS_ASSIGN_OR_RETURN(*result.add_all_arms(), OutcomeOf(v1::TEST_KIND_ONE_WAY_ANOVA, one_way));
  return absl::OkStatus();
}

// A row for each arm, with the mean absolute errors of the subjects that all arms tested.
absl::StatusOr<Rows> SharedSubjects(absl::Span<const TestedArm> arms, const SamplesById& samples) {
  std::vector<SubjectMeans> means(arms.size());
  for (size_t a = 0; a < arms.size(); ++a) {
    for (const TestedFold& fold : arms[a].folds) {
      const bool shared = std::all_of(arms.begin(), arms.end(), [&](const TestedArm& arm) {
        return FindFold(arm, fold) != nullptr;
      });
      if (!shared) continue;
      for (const v1::Prediction& p : fold.predictions) {
        if (!p.has_target()) continue;
        GYRUS_ASSIGN_OR_RETURN(const v1::Sample* const sample, SampleOf(p.item(), samples));
        means[a][sample->subject_key()].Add(std::abs(p.prediction() - p.target()));
      }
    }
  }
  Rows rows(arms.size());
  for (const auto& [subject, mean] : means.front()) {
    const bool shared = std::all_of(means.begin(), means.end(), [&](const SubjectMeans& of_arm) {
      return of_arm.contains(subject);
    });
    if (!shared) continue;
    for (size_t a = 0; a < arms.size(); ++a) rows[a].push_back(means[a].at(subject).mean());
  }
  return rows;
}

// INVALID_ARGUMENT: fewer than two arms, or none is the one to compare with.
absl::StatusOr<const TestedArm*> FindWith(absl::Span<const TestedArm> arms,
                                          const v1::Compare& compare) {
  for (const TestedArm& arm : arms) {
    if (arm.name == compare.with() && arms.size() > 1) return &arm;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "comparing arms: ", arms.size(), " arms cannot be compared with '", compare.with(), "'"));
}

v1::Comparisons HeadOf(const v1::Compare& compare) {
  v1::Comparisons result;
  result.set_with(compare.with());
  result.set_metric(compare.metric());
  result.set_alternative(compare.alternative());
  result.set_correction(compare.correction());
  result.set_seed(compare.seed());
  result.set_resamples(kComparisonResamples);
  return result;
}

}  // namespace

absl::StatusOr<v1::Comparisons> CompareArms(absl::Span<const TestedArm> arms,
                                            const v1::Compare& compare, uint32_t k,
                                            const SamplesById& samples) {
  GYRUS_ASSIGN_OR_RETURN(const TestedArm* const with, FindWith(arms, compare));
  if (k < 2) {
    return absl::InvalidArgumentError(absl::StrCat("comparing arms: there are ", k, " folds"));
  }
  v1::Comparisons result = HeadOf(compare);
  std::vector<const TestedArm*> all;
  for (const TestedArm& arm : arms) {
    all.push_back(&arm);
    if (&arm == with) continue;
    v1::Comparison& comparison = *result.add_comparisons();
    comparison.set_arm(arm.name);
    // n_test / n_train is 1 / (k - 1), because the validation part counts as training: an
    // epoch was selected on it.
    GYRUS_RETURN_IF_ERROR(CompareFolds(SharedFolds({&arm, with}, compare.metric()),
                                       ToStatistics(compare.alternative()), 1.0 / (k - 1),
                                       comparison));
    GYRUS_RETURN_IF_ERROR(CompareItems(arm, *with, compare, samples, comparison));
  }
  GYRUS_RETURN_IF_ERROR(CorrectAll(result));
  GYRUS_RETURN_IF_ERROR(TestAll(SharedFolds(all, compare.metric()), result));
  return result;
}

absl::StatusOr<v1::Comparisons> CompareArmsByItems(absl::Span<const TestedArm> arms,
                                                   const v1::Compare& compare,
                                                   const SamplesById& samples) {
  GYRUS_ASSIGN_OR_RETURN(const TestedArm* const with, FindWith(arms, compare));
  GYRUS_ASSIGN_OR_RETURN(v1::Comparisons result, CompareEnsembles(arms, compare, samples));
  int next = 0;
  for (const TestedArm& arm : arms) {
    if (&arm == with) continue;
    GYRUS_ASSIGN_OR_RETURN(*result.mutable_comparisons(next++)->mutable_difference(),
                           PooledDifference(arm, *with, compare.metric(), samples, compare.seed()));
  }
  const bool numbers = std::all_of(arms.begin(), arms.end(),
                                   [](const TestedArm& arm) { return HasNumber(arm.task); });
  if (!numbers) return result;
  GYRUS_ASSIGN_OR_RETURN(const Rows rows, SharedSubjects(arms, samples));
  GYRUS_RETURN_IF_ERROR(TestAllPaired({rows.begin(), rows.end()}, result));
  return result;
}

absl::StatusOr<v1::Comparisons> CompareEnsembles(absl::Span<const TestedArm> arms,
                                                 const v1::Compare& compare,
                                                 const SamplesById& samples) {
  GYRUS_ASSIGN_OR_RETURN(const TestedArm* const with, FindWith(arms, compare));
  v1::Comparisons result = HeadOf(compare);
  for (const TestedArm& arm : arms) {
    if (&arm == with) continue;
    v1::Comparison& comparison = *result.add_comparisons();
    comparison.set_arm(arm.name);
    GYRUS_RETURN_IF_ERROR(CompareItems(arm, *with, compare, samples, comparison));
  }
  GYRUS_RETURN_IF_ERROR(CorrectAll(result));
  return result;
}

}  // namespace gyrus
