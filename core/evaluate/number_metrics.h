// Computes metrics of predicted numbers.
#pragma once

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// core/statistics/errors.h and correlation.h have the definitions, and checks.h the errors.
// INVALID_ARGUMENT: besides, the metric is not one of numbers.
Defined<double> NumberMetric(v1::Metric metric, absl::Span<const double> targets,
                             absl::Span<const double> predictions);

}  // namespace gyrus
