// Metrics of predictions, and their mean and spread over folds.
//
// In double, summed in the order given, so equal input gives equal bits. What
// is undefined has no value but a reason; it is never NaN, and never 0 in a mean.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Null: it is not among them.
const v1::MetricValue* FindMetric(const v1::Metrics& metrics, v1::Metric metric);
// Absent: undefined, or not among them.
std::optional<double> ValueOf(const v1::Metrics& metrics, v1::Metric metric);
// Why there is no value.
absl::StatusOr<double> ValueOrReason(const v1::MetricValue& value);

// Adds the value, or why it is undefined. Any other error than
// FAILED_PRECONDITION is returned.
absl::Status AddValue(v1::Metric metric, const absl::StatusOr<double>& value, v1::Metrics& metrics);

// Each of `asked`, in that order. Numbers and classes: over the items that have
// a target; number_metrics.h, class_metrics.h. Dice: the mean over items and
// classes that have one; reconstruction error: the mean over items. n/a: what
// the task does not answer with.
// INVALID_ARGUMENT: a number is not finite, or class_metrics.h; names the item.
absl::StatusOr<v1::Metrics> ComputeMetrics(const v1::Task& task, absl::Span<const v1::Metric> asked,
                                           absl::Span<const v1::Prediction> predictions);

// Of each metric, over the folds in which it is defined; says over how many.
struct OverFolds {
  v1::Metrics mean;
  v1::Metrics sd;
};
absl::StatusOr<OverFolds> SummariseFolds(absl::Span<const v1::Metrics> folds, uint32_t sd_ddof);

}  // namespace gyrus
