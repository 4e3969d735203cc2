#include "core/evaluate/baseline_comparison.h"

#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/error_comparison.h"
#include "core/evaluate/subject_errors.h"
#include "core/evaluate/test_outcome.h"
#include "core/spec/task.h"
#include "core/statistics/corrected_t.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

// What one item adds to the metric: its absolute error, or 1 if the class is right.
double ScoreOf(const v1::Task& task, double target, double prediction) {
  if (HasNumber(task)) return std::abs(prediction - target);
  return prediction == target ? 1 : 0;
}

struct Scores {
  std::vector<double> arm;
  std::vector<double> baseline;
};

// The mean of each fold. A fold in which nothing has a target has none.
Scores ScoresOfFolds(const TestedArm& arm) {
  Scores scores;
  for (const TestedFold& fold : arm.folds) {
    RunningMean of_arm, of_baseline;
    size_t n = 0;
    for (const v1::Prediction& p : fold.predictions) {
      if (!p.has_target() || !fold.baseline.has_value()) continue;
      of_arm.Add(ScoreOf(arm.task, p.target(), p.prediction()));
      of_baseline.Add(ScoreOf(arm.task, p.target(), *fold.baseline));
      ++n;
    }
    if (n == 0) continue;
    scores.arm.push_back(of_arm.mean());
    scores.baseline.push_back(of_baseline.mean());
  }
  return scores;
}

absl::StatusOr<Scores> ScoresOfSubjects(const TestedArm& arm, const SamplesById& samples) {
  SubjectMeans of_arm, of_baseline;
  for (const TestedFold& fold : arm.folds) {
    for (const v1::Prediction& p : fold.predictions) {
      if (!p.has_target() || !fold.baseline.has_value()) continue;
      GYRUS_ASSIGN_OR_RETURN(const v1::Sample* const sample, SampleOf(p.item(), samples));
      of_arm[sample->subject_key()].Add(ScoreOf(arm.task, p.target(), p.prediction()));
      of_baseline[sample->subject_key()].Add(ScoreOf(arm.task, p.target(), *fold.baseline));
    }
  }
  return Scores{ValuesOf(of_arm), ValuesOf(of_baseline)};
}

absl::StatusOr<v1::Estimate> OverFolds(const Scores& scores, uint32_t k) {
  return EstimateOf(Mean(Differences(scores.arm, scores.baseline)),
                    CorrectedInterval(scores.arm, scores.baseline, 1.0 / (k - 1)),
                    "95% by the corrected resampled t (Nadeau-Bengio) over folds",
                    scores.arm.size());
}

}  // namespace

absl::StatusOr<std::optional<v1::BaselineComparison>> CompareWithBaseline(
    const TestedArm& arm, const SamplesById& samples, const BaselineOptions& options) {
  if (!HasScalar(arm.task)) return std::nullopt;
  if (options.k < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("comparing with the baseline: there are ", options.k, " folds"));
  }
  v1::BaselineComparison comparison;
  comparison.set_metric(HasNumber(arm.task) ? v1::METRIC_MAE : v1::METRIC_ACCURACY);
  if (options.pool == v1::POOL_ITEMS) {
    GYRUS_ASSIGN_OR_RETURN(const Scores scores, ScoresOfSubjects(arm, samples));
    GYRUS_ASSIGN_OR_RETURN(
        *comparison.mutable_difference(),
        MeanWithInterval(Differences(scores.arm, scores.baseline), options.seed));
  } else {
    GYRUS_ASSIGN_OR_RETURN(*comparison.mutable_difference(),
                           OverFolds(ScoresOfFolds(arm), options.k));
  }
  return comparison;
}

}  // namespace gyrus
