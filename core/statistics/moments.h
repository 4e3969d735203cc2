// The mean, the spread and the quantiles of one sample. checks.h describes the errors.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"

namespace gyrus {

// Undefined: there are no values.
Defined<double> Mean(absl::Span<const double> values);
// sum (value - mean)^2 / (n - ddof). Undefined: n <= ddof.
Defined<double> Variance(absl::Span<const double> values, uint32_t ddof);
Defined<double> StandardDeviation(absl::Span<const double> values, uint32_t ddof);

// If the number of values is even, the mean of the two in the middle. Undefined: there
// are no values.
Defined<double> Median(absl::Span<const double> values);
// `percent` must be in [0, 100]. Interpolates linearly between two values, as numpy does
// by default. Undefined: there are no values.
Defined<double> Percentile(absl::Span<const double> values, double percent);

// The interval mean -+ t(n - 1) * sd / sqrt(n). Undefined: n < 2.
Defined<Interval> MeanInterval(absl::Span<const double> values, double level = 0.95);

}  // namespace gyrus
