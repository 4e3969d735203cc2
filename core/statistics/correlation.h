// Correlations between two measures of the same items. checks.h describes the errors. All
// are undefined for fewer than two pairs, and if one of the measures does not vary.
#pragma once

#include <cstddef>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct Correlation {
  double coefficient = 0;
  size_t n = 0;
  // The two-sided test of no association. Undefined with two pairs, because two points
  // always lie on a line.
  Defined<TestResult> test{};
  // For Pearson's correlation, by Fisher's z; undefined with fewer than four pairs. For
  // the other correlations always undefined.
  Defined<Interval> interval{};
};

// The coefficient alone, in [-1, 1].
Defined<double> PearsonR(absl::Span<const double> x, absl::Span<const double> y);

// The p-value is that of t with n - 2 degrees of freedom.
Defined<Correlation> Pearson(absl::Span<const double> x, absl::Span<const double> y,
                             double level = 0.95);
// Pearson's correlation of the average ranks, with the p-value that belongs to it.
Defined<Correlation> Spearman(absl::Span<const double> x, absl::Span<const double> y);
// Kendall's tau-b. As in scipy, the p-value is exact if there are no ties and either
// n <= 33 or at most one discordant (or concordant) pair. Otherwise it is that of the
// normal approximation, with a variance that is corrected for ties.
Defined<Correlation> Kendall(absl::Span<const double> x, absl::Span<const double> y);

}  // namespace gyrus
