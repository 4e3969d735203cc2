// Mean, spread and quantiles of one sample. Errors: checks.h.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"

namespace gyrus {

// n/a: no values.
absl::StatusOr<double> Mean(absl::Span<const double> values);
// sum (value - mean)^2 / (n - ddof). n/a: n <= ddof.
absl::StatusOr<double> Variance(absl::Span<const double> values, uint32_t ddof);
absl::StatusOr<double> StandardDeviation(absl::Span<const double> values, uint32_t ddof);

// Of an even number of values, the mean of the two in the middle. n/a: no values.
absl::StatusOr<double> Median(absl::Span<const double> values);
// `percent` in [0, 100]; between two values linear, as numpy's default.
absl::StatusOr<double> Percentile(absl::Span<const double> values, double percent);

// mean -+ t(n - 1) * sd / sqrt(n). n/a: n < 2.
absl::StatusOr<Interval> MeanInterval(absl::Span<const double> values, double level = 0.95);

}  // namespace gyrus
