// The corrected resampled t test, which compares two models over the folds of a
// cross-validation. The training parts of folds overlap, so that their differences are
// not independent and a paired t test would find differences too often. By Nadeau and
// Bengio 2003, and Bouckaert and Frank 2004:
//
//   t = mean(d) / sqrt((1/J + n_test/n_train) * var(d)), with J - 1 degrees of freedom
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// Tests d[j] = a[j] - b[j] over J test parts, each of which is `test_share` times as large
// as its training part. Besides the errors of checks.h, it is INVALID_ARGUMENT if the
// share is not above 0. Undefined: there are fewer than two parts, or the differences
// vary by no more than rounding.
Defined<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                               double test_share, Alternative alternative = Alternative::kTwoSided);

// The interval of mean(a - b) that belongs to the test: it leaves out 0 where the two-sided
// p is below 1 - level. The errors and undefined values are those of the test.
Defined<Interval> CorrectedInterval(absl::Span<const double> a, absl::Span<const double> b,
                                    double test_share, double level = 0.95);

struct CrossValidation {
  uint32_t folds = 0;
  uint32_t repeats = 1;
};

// The same with a share of 1 / (folds - 1). INVALID_ARGUMENT: besides, there are fewer
// than two folds, or the number of values is not folds * repeats.
Defined<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                               const CrossValidation& split,
                               Alternative alternative = Alternative::kTwoSided);

}  // namespace gyrus
