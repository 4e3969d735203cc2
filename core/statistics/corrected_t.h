// Two models over the folds of a cross-validation. Training parts overlap, so
// the folds' differences are no independent sample, and a paired t test finds
// too much. Nadeau and Bengio 2003, Bouckaert and Frank 2004: t = mean(d) /
// sqrt((1/J + n_test/n_train) * var(d)) with J - 1 degrees of freedom.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// Of `a[j] - b[j]` over J test parts, each `test_share` times as large as its
// training part. Errors: checks.h; INVALID_ARGUMENT: a share that is not above 0.
// n/a: fewer than two parts, or differences that do not vary beyond rounding.
absl::StatusOr<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                                      double test_share,
                                      Alternative alternative = Alternative::kTwoSided);

struct CrossValidation {
  uint32_t folds = 0;
  uint32_t repeats = 1;
};

// n_test/n_train is 1 / (folds - 1). INVALID_ARGUMENT: besides, fewer than two
// folds, or not folds * repeats values.
absl::StatusOr<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                                      const CrossValidation& split,
                                      Alternative alternative = Alternative::kTwoSided);

}  // namespace gyrus
