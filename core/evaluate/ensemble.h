// Several networks that answer as one.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// What an ensemble of networks of `task` answers with: its number or class.
// Label images and reconstructions are not put together.
v1::Task EnsembleTask(v1::Task task);

// The mean of the networks' numbers, or of their classes' probabilities with the
// class that those speak for (class_metrics.h). In double, in the order of
// `networks`: equal input gives equal bits.
// INTERNAL: networks did not predict the same items in the same order.
absl::StatusOr<std::vector<v1::Prediction>> EnsembleOf(
    absl::Span<const std::vector<v1::Prediction>> networks);

// ComputeMetrics of an ensemble of networks of `task`; n/a: what of images the
// networks answer and an ensemble does not.
absl::StatusOr<v1::Metrics> EnsembleMetrics(const v1::Task& task,
                                            absl::Span<const v1::Metric> asked,
                                            absl::Span<const v1::Prediction> ensemble);

}  // namespace gyrus
