#include "core/statistics/moments.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/sums.h"

namespace gyrus {

Defined<double> Mean(absl::Span<const double> values) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(values));
  if (values.empty()) return Undefined("there are no values");
  return InRange(Sum(values) / static_cast<double>(values.size()));
}

Defined<double> Variance(absl::Span<const double> values, uint32_t ddof) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(values));
  if (values.size() <= ddof) {
    return Undefined(
        absl::StrCat("there are ", values.size(), " values, and the spread needs ", ddof + 1));
  }
  return InRange(SumOfSquaredDeviations(values) / static_cast<double>(values.size() - ddof));
}

Defined<double> StandardDeviation(absl::Span<const double> values, uint32_t ddof) {
  GYRUS_ASSIGN_OR_RETURN(const double variance, Variance(values, ddof));
  return std::sqrt(variance);
}

Defined<double> Median(absl::Span<const double> values) { return Percentile(values, 50); }

Defined<double> Percentile(absl::Span<const double> values, double percent) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(values));
  if (!(percent >= 0 && percent <= 100)) {
    return absl::InvalidArgumentError(absl::StrCat(percent, " is no percentage"));
  }
  if (values.empty()) return Undefined("there are no values");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double share = place - static_cast<double>(below);
  return InRange(sorted[below] + (sorted[above] - sorted[below]) * share);
}

Defined<Interval> MeanInterval(absl::Span<const double> values, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(values));
  GYRUS_ASSIGN_OR_RETURN(const double sd, StandardDeviation(values, 1));
  const double n = static_cast<double>(values.size());
  const double half = StudentQuantile((1 + level) / 2, n - 1) * sd / std::sqrt(n);
  return Interval{mean - half, mean + half};
}

}  // namespace gyrus
