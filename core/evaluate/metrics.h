// Computes the metrics of predictions, and their mean and spread over folds.
//
// Everything is computed in double and summed in the order given: equal input gives equal
// bits. An undefined metric has a reason instead of a value; it is never NaN, and never
// counts as 0 in a mean.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Null if the metric is not among them.
const v1::MetricValue* FindMetric(const v1::Metrics& metrics, v1::Metric metric);
// Absent if the metric is undefined or not among them.
std::optional<double> ValueOf(const v1::Metrics& metrics, v1::Metric metric);
// The value, or Undefined with the reason that stands in its place.
Defined<double> ValueOrReason(const v1::MetricValue& value);

// Adds the value, or the reason why it is undefined. An error of `value` is
// returned, and nothing is added.
absl::Status AddValue(v1::Metric metric, const Defined<double>& value, v1::Metrics& metrics);

// Computes each of the metrics `asked`, in that order. Metrics of numbers and classes are
// over the items that have a target (number_metrics.h, class_metrics.h). Dice is the mean
// over the items and classes that have one, and the reconstruction error is the mean over
// items. A metric of an output that the task does not have is undefined.
// INVALID_ARGUMENT: a number is not finite, or an error of ClassItemsOf(). The message has
// the item.
absl::StatusOr<v1::Metrics> ComputeMetrics(const v1::Task& task, absl::Span<const v1::Metric> asked,
                                           absl::Span<const v1::Prediction> predictions);

// The same of predictions that stand in several places, or of which some count twice.
using PredictionPointers = absl::Span<const v1::Prediction* const>;
absl::StatusOr<v1::Metrics> ComputeMetrics(const v1::Task& task, absl::Span<const v1::Metric> asked,
                                           PredictionPointers predictions);

// Mean and SD of each metric over the folds in which it is defined. The messages say how
// many folds those are.
struct OverFolds {
  v1::Metrics mean;
  v1::Metrics sd;
};
absl::StatusOr<OverFolds> SummariseFolds(absl::Span<const v1::Metrics> folds, uint32_t sd_ddof);

}  // namespace gyrus
