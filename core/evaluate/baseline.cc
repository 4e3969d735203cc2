#include "core/evaluate/baseline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/metrics.h"
#include "core/spec/task.h"
#include "core/statistics/checks.h"
#include "core/statistics/errors.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

// Items without a target do not count for the baseline, as they do not for metrics.
absl::StatusOr<std::vector<double>> TargetsOf(const PlannedItems& items) {
  std::vector<double> targets;
  for (const v1::Item& item : items) {
    if (!item.has_target()) continue;
    if (!std::isfinite(item.target())) {
      return absl::InvalidArgumentError(absl::StrCat("evaluating the baseline: item '", item.id(),
                                                     "': its target is ", item.target(),
                                                     ", which is not a finite number"));
    }
    targets.push_back(item.target());
  }
  return targets;
}

// Returns the most frequent class, which the baseline predicts for every item.
double MostFrequent(absl::Span<const double> targets) {
  std::map<double, size_t> counts;
  for (const double target : targets) ++counts[target];
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

Defined<double> ShareOf(double value, absl::Span<const double> targets) {
  if (targets.empty()) return Undefined("there are no items");
  return static_cast<double>(std::count(targets.begin(), targets.end(), value)) /
         static_cast<double>(targets.size());
}

}  // namespace

Defined<double> BaselinePrediction(const v1::Task& task, const PlannedItems& train) {
  if (!HasScalar(task)) return Undefined("the task has neither a number nor a class");
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> targets, TargetsOf(train));
  if (targets.empty()) return Undefined("no training item has a target");
  if (HasClass(task)) return MostFrequent(targets);
  return Mean(targets);
}

absl::StatusOr<v1::Metrics> BaselineOf(const v1::Task& task, const PlannedItems& train,
                                       const PlannedItems& test) {
  v1::Metrics baseline;
  if (!HasScalar(task)) return baseline;
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> targets, TargetsOf(test));
  const bool number = HasNumber(task);
  // The baseline is what a model without any image would reach. A result below it is worth
  // nothing.
  const v1::Metric metric = number ? v1::METRIC_MAE : v1::METRIC_ACCURACY;
  Defined<double> value = BaselinePrediction(task, train);
  if (value.ok()) {
    value = number ? MeanAbsoluteError(targets, std::vector<double>(targets.size(), *value))
                   : ShareOf(*value, targets);
  }
  GYRUS_RETURN_IF_ERROR(AddValue(metric, value, baseline));
  return baseline;
}

}  // namespace gyrus
