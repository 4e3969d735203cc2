#include "core/evaluate/baseline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/metrics.h"
#include "core/spec/metric.h"
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

Defined<double> ErrorOfMean(absl::Span<const double> train, absl::Span<const double> test) {
  GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(train));
  return MeanAbsoluteError(test, std::vector<double>(test.size(), mean));
}

Defined<double> ShareOf(double value, absl::Span<const double> targets) {
  if (targets.empty()) return Undefined("there are no items");
  return static_cast<double>(std::count(targets.begin(), targets.end(), value)) /
         static_cast<double>(targets.size());
}

}  // namespace

absl::StatusOr<v1::Metrics> BaselineOf(const v1::Task& task, const PlannedItems& train,
                                       const PlannedItems& test) {
  v1::Metrics baseline;
  const bool number = HasOutput(task, OutputKind::kNumber);
  if (!number && !HasOutput(task, OutputKind::kClass)) return baseline;
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> train_targets, TargetsOf(train));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> test_targets, TargetsOf(test));
  // The baseline is what a model without any image would reach. A result below it is worth
  // nothing.
  const v1::Metric metric = number ? v1::METRIC_MAE : v1::METRIC_ACCURACY;
  const Defined<double> value = train_targets.empty() ? Undefined("no training item has a target")
                                : number              ? ErrorOfMean(train_targets, test_targets)
                                         : ShareOf(MostFrequent(train_targets), test_targets);
  GYRUS_RETURN_IF_ERROR(AddValue(metric, value, baseline));
  return baseline;
}

}  // namespace gyrus
