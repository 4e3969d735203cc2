// How two measures of the same items go together. Errors: checks.h; n/a for
// fewer than two pairs, and where one measure has one value.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct Correlation {
  double coefficient = 0;
  size_t n = 0;
  // Of no association, two-sided. n/a with two pairs, of which each lies on a line.
  absl::StatusOr<TestResult> test{};
  // Pearson: of Fisher's z. n/a with fewer than four pairs; and for the others.
  absl::StatusOr<Interval> interval{};
};

// The coefficient alone, in [-1, 1].
absl::StatusOr<double> PearsonR(absl::Span<const double> x, absl::Span<const double> y);

// p from t with n - 2 degrees of freedom.
absl::StatusOr<Correlation> Pearson(absl::Span<const double> x, absl::Span<const double> y,
                                    double level = 0.95);
// Pearson's of the average ranks, p as there.
absl::StatusOr<Correlation> Spearman(absl::Span<const double> x, absl::Span<const double> y);
// tau-b. p exact without ties for n <= 33 or at most one discordant (or
// concordant) pair; else by the normal approximation, its variance corrected
// for ties. As scipy's.
absl::StatusOr<Correlation> Kendall(absl::Span<const double> x, absl::Span<const double> y);

}  // namespace gyrus
