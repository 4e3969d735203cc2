// Effect sizes: how large a difference is in standard deviations. checks.h describes the
// errors. All are undefined if a group has fewer than two values or nothing varies.
#pragma once

#include <cstddef>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"

namespace gyrus {

// The effect size of the difference between the means of two groups.
struct EffectSize {
  double d = 0;     // Cohen's d: the difference over the pooled standard deviation.
  double g = 0;     // Hedges' g, for small groups: d * (1 - 3 / (4 (N - 2) - 1)).
  Interval normal;  // d -+ z * sqrt(N / (n1 n2) + d^2 / (2N))
  // By the noncentral t distribution. Undefined: d is so large that none is found.
  Defined<Interval> exact{};
  size_t n1 = 0;
  size_t n2 = 0;
};

Defined<EffectSize> EffectOf(absl::Span<const double> a, absl::Span<const double> b,
                             double level = 0.95);

// The effect size of the differences a[i] - b[i].
struct PairedEffectSize {
  double dz = 0;   // The mean over the standard deviation of the differences.
  double dav = 0;  // The mean over the mean of both measures' standard deviations.
  // The interval of dz, by the noncentral t distribution. Undefined: none is found.
  Defined<Interval> exact{};
  size_t n = 0;
};

Defined<PairedEffectSize> PairedEffectOf(absl::Span<const double> a, absl::Span<const double> b,
                                         double level = 0.95);

}  // namespace gyrus
