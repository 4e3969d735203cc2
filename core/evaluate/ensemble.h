// Combines the predictions of several networks for the same items into those of one
// ensemble.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The outputs of an ensemble of networks of `task`: numbers and classes. Label images and
// reconstructions are not combined.
v1::Task EnsembleTask(v1::Task task);

// The mean of the networks' numbers, or the mean of their probabilities with the predicted
// class (class_metrics.h). Computed in double, in the order of `networks`: equal input
// gives equal bits.
// INTERNAL: the networks did not predict the same items in the same order.
absl::StatusOr<std::vector<v1::Prediction>> EnsembleOf(
    absl::Span<const std::vector<v1::Prediction>> networks);

// ComputeMetrics() for an ensemble of networks of `task`. Metrics of outputs that are not
// combined are undefined.
absl::StatusOr<v1::Metrics> EnsembleMetrics(const v1::Task& task,
                                            absl::Span<const v1::Metric> asked,
                                            absl::Span<const v1::Prediction> ensemble);

}  // namespace gyrus
