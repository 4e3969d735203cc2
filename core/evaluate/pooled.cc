#include "core/evaluate/pooled.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/error_comparison.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/subject_errors.h"
#include "core/evaluate/test_outcome.h"
#include "core/spec/metric.h"
#include "core/spec/task.h"
#include "core/statistics/bootstrap.h"

namespace gyrus {
namespace {

using Pointers = std::vector<const v1::Prediction*>;

// What two arms predict for the same items of the same folds.
struct PairedPredictions {
  Pointers first;
  Pointers second;
  std::vector<size_t> subject_of;  // Subjects are numbered in the order of their items.
};

absl::StatusOr<PairedPredictions> Pair(const TestedArm& first, const TestedArm& second,
                                       bool needs_target, const SamplesById& samples) {
  PairedPredictions paired;
  absl::flat_hash_map<std::string, size_t> subjects;
  for (const TestedFold& fold : first.folds) {
    const TestedFold* const other = FindFold(second, fold);
    if (other == nullptr) continue;
    absl::flat_hash_map<std::string, const v1::Prediction*> others;
    for (const v1::Prediction& p : other->predictions) others[p.item()] = &p;
    for (const v1::Prediction& p : fold.predictions) {
      const auto match = others.find(p.item());
      if (match == others.end()) continue;
      if (needs_target && !(p.has_target() && match->second->has_target())) continue;
      GYRUS_ASSIGN_OR_RETURN(const v1::Sample* const sample, SampleOf(p.item(), samples));
      paired.first.push_back(&p);
      paired.second.push_back(match->second);
      paired.subject_of.push_back(
          subjects.try_emplace(sample->subject_key(), subjects.size()).first->second);
    }
  }
  return paired;
}

Defined<double> MetricOf(const v1::Task& task, v1::Metric metric, const Pointers& predictions,
                         absl::Span<const size_t> drawn) {
  Pointers items;
  for (const size_t item : drawn) items.push_back(predictions[item]);
  GYRUS_ASSIGN_OR_RETURN(const v1::Metrics metrics,
                         ComputeMetrics(task, {metric}, PredictionPointers(items)));
  return ValueOrReason(metrics.values(0));
}

}  // namespace

bool PoolsItems(const v1::Evaluate& evaluate) { return evaluate.pool() == v1::POOL_ITEMS; }

absl::StatusOr<v1::PooledResult> PoolArm(const TestedArm& arm, absl::Span<const v1::Metric> asked) {
  v1::PooledResult pooled;
  // A row without a target still counts for its label image or reconstruction.
  Pointers items;
  for (const TestedFold& fold : arm.folds) {
    for (const v1::Prediction& p : fold.predictions) {
      items.push_back(&p);
      if (p.has_target() || !HasScalar(arm.task)) pooled.set_n(pooled.n() + 1);
    }
  }
  GYRUS_ASSIGN_OR_RETURN(*pooled.mutable_metrics(),
                         ComputeMetrics(arm.task, asked, PredictionPointers(items)));
  return pooled;
}

absl::StatusOr<v1::Estimate> PooledDifference(const TestedArm& arm, const TestedArm& with,
                                              v1::Metric metric, const SamplesById& samples,
                                              uint64_t seed) {
  const OutputKind output = OutputKindOf(metric);
  const bool needs_target = output == OutputKind::kNumber || output == OutputKind::kClass;
  GYRUS_ASSIGN_OR_RETURN(const PairedPredictions paired, Pair(arm, with, needs_target, samples));
  const std::string method = absl::StrCat("95% BCa of the pooled metric, ", kComparisonResamples,
                                          " resamples of subjects, seed ", seed);
  const auto difference = [&](absl::Span<const size_t> drawn) -> Defined<double> {
    GYRUS_ASSIGN_OR_RETURN(const double first, MetricOf(arm.task, metric, paired.first, drawn));
    GYRUS_ASSIGN_OR_RETURN(const double second, MetricOf(with.task, metric, paired.second, drawn));
    return first - second;
  };
  std::vector<size_t> all(paired.first.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  const Defined<double> value =
      all.empty() ? Undefined("no item was tested by both") : difference(all);
  if (!value.ok()) return EstimateOf(value, value.status(), method, all.size());
  const auto drawn = BootstrapBySubject(paired.subject_of, difference,
                                        {.seed = seed, .resamples = kComparisonResamples});
  return EstimateOf(value, drawn.ok() ? drawn->bca : drawn.status(), method, all.size());
}

}  // namespace gyrus
