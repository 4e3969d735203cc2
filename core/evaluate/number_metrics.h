// Metrics of predicted numbers.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Definitions: core/statistics/errors.h and correlation.h; errors: checks.h
// there. INVALID_ARGUMENT: besides, a metric that is not of numbers.
absl::StatusOr<double> NumberMetric(v1::Metric metric, absl::Span<const double> targets,
                                    absl::Span<const double> predictions);

}  // namespace gyrus
