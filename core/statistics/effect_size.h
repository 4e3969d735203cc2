// How large a difference is, in standard deviations. Errors: checks.h; n/a for
// fewer than two values in a group, and where nothing varies.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"

namespace gyrus {

// Of the means of two groups.
struct EffectSize {
  double d = 0;     // Cohen: over the pooled standard deviation.
  double g = 0;     // Hedges: d * (1 - 3 / (4 (N - 2) - 1)), for small groups.
  Interval normal;  // d -+ z * sqrt(N / (n1 n2) + d^2 / (2N))
  // From the noncentral t distribution. n/a: not found, for a d beyond reason.
  absl::StatusOr<Interval> exact{};
  size_t n1 = 0;
  size_t n2 = 0;
};

absl::StatusOr<EffectSize> EffectOf(absl::Span<const double> a, absl::Span<const double> b,
                                    double level = 0.95);

// Of differences a[i] - b[i].
struct PairedEffectSize {
  double dz = 0;   // Mean over the spread of the differences,
  double dav = 0;  // and over the mean of both measures' spreads.
  // Of dz, from the noncentral t distribution. n/a: not found.
  absl::StatusOr<Interval> exact{};
  size_t n = 0;
};

absl::StatusOr<PairedEffectSize> PairedEffectOf(absl::Span<const double> a,
                                                absl::Span<const double> b, double level = 0.95);

}  // namespace gyrus
