// Student's t tests, as scipy's. Errors: checks.h; n/a for fewer than two
// values in a group, and where no group varies (differences: beyond rounding):
// scipy's t is then infinite, or not a number.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// Of the mean of `values` against `mean`.
absl::StatusOr<TestResult> OneSampleT(absl::Span<const double> values, double mean,
                                      Alternative alternative = Alternative::kTwoSided);
// Of a[i] - b[i] against 0. For folds of a cross-validation: corrected_t.h.
absl::StatusOr<TestResult> PairedT(absl::Span<const double> a, absl::Span<const double> b,
                                   Alternative alternative = Alternative::kTwoSided);
// Equal variances taken for granted.
absl::StatusOr<TestResult> StudentT(absl::Span<const double> a, absl::Span<const double> b,
                                    Alternative alternative = Alternative::kTwoSided);
// Unequal variances; degrees of freedom by Welch and Satterthwaite.
absl::StatusOr<TestResult> WelchT(absl::Span<const double> a, absl::Span<const double> b,
                                  Alternative alternative = Alternative::kTwoSided);

}  // namespace gyrus
