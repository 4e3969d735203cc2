#include "core/statistics/effect_size.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

// The noncentralities of which t = d * scale is the upper and the lower bound.
Defined<Interval> ExactInterval(double d, double scale, double df, double level) {
  const double tail = (1 - level) / 2;
  const double lower = NoncentralityFor(d * scale, df, 1 - tail) / scale;
  const double upper = NoncentralityFor(d * scale, df, tail) / scale;
  if (!std::isfinite(lower) || !std::isfinite(upper)) {
    return Undefined("no noncentral t distribution is found for it");
  }
  return Interval{lower, upper};
}

}  // namespace

Defined<EffectSize> EffectOf(absl::Span<const double> a, absl::Span<const double> b, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_RETURN_IF_ERROR(CheckGroups({a, b}, 2));
  if (a.size() < 2 || b.size() < 2) return Undefined("a group has fewer than two values");
  if (!Vary(a) && !Vary(b)) return Undefined("neither group varies");
  GYRUS_ASSIGN_OR_RETURN(const double mean_a, Mean(a));
  GYRUS_ASSIGN_OR_RETURN(const double mean_b, Mean(b));
  const double n1 = static_cast<double>(a.size());
  const double n2 = static_cast<double>(b.size());
  const double n = n1 + n2;
  const double pooled = (SumOfSquaredDeviations(a) + SumOfSquaredDeviations(b)) / (n - 2);
  GYRUS_ASSIGN_OR_RETURN(const double d, InRange((mean_a - mean_b) / std::sqrt(pooled)));
  const double half = NormalQuantile((1 + level) / 2) * std::sqrt(n / (n1 * n2) + d * d / (2 * n));
  return EffectSize{.d = d,
                    .g = d * (1 - 3 / (4 * (n - 2) - 1)),
                    .normal = {d - half, d + half},
                    .exact = ExactInterval(d, std::sqrt(n1 * n2 / n), n - 2, level),
                    .n1 = a.size(),
                    .n2 = b.size()};
}

Defined<PairedEffectSize> PairedEffectOf(absl::Span<const double> a, absl::Span<const double> b,
                                         double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_RETURN_IF_ERROR(CheckPairs(a, b));
  if (a.size() < 2) return Undefined("there are fewer than two pairs");
  const std::vector<double> differences = Differences(a, b);
  if (!VaryBeyondRounding(differences, std::max(LargestMagnitude(a), LargestMagnitude(b)))) {
    return Undefined("the differences do not vary");
  }
  GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(differences));
  GYRUS_ASSIGN_OR_RETURN(const double sd, StandardDeviation(differences, 1));
  GYRUS_ASSIGN_OR_RETURN(const double sd_a, StandardDeviation(a, 1));
  GYRUS_ASSIGN_OR_RETURN(const double sd_b, StandardDeviation(b, 1));
  // Differences vary, so one of both does.
  const double n = static_cast<double>(a.size());
  return PairedEffectSize{.dz = mean / sd,
                          .dav = mean / ((sd_a + sd_b) / 2),
                          .exact = ExactInterval(mean / sd, std::sqrt(n), n - 1, level),
                          .n = a.size()};
}

}  // namespace gyrus
