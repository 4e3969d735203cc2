// Student's t tests, which agree with scipy. checks.h describes the errors. They are
// undefined if a group has fewer than two values, or no group varies (for differences:
// varies by more than rounding); scipy's t is then infinite or not a number.
#pragma once

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// Tests the mean of `values` against `mean`.
Defined<TestResult> OneSampleT(absl::Span<const double> values, double mean,
                               Alternative alternative = Alternative::kTwoSided);
// Tests the mean of a[i] - b[i] against 0. The folds of a cross-validation need the test
// of corrected_t.h instead.
Defined<TestResult> PairedT(absl::Span<const double> a, absl::Span<const double> b,
                            Alternative alternative = Alternative::kTwoSided);
// Compares the means of two groups. Assumes that their variances are equal.
Defined<TestResult> StudentT(absl::Span<const double> a, absl::Span<const double> b,
                             Alternative alternative = Alternative::kTwoSided);
// The same for unequal variances, with the degrees of freedom by Welch and Satterthwaite.
Defined<TestResult> WelchT(absl::Span<const double> a, absl::Span<const double> b,
                           Alternative alternative = Alternative::kTwoSided);

}  // namespace gyrus
