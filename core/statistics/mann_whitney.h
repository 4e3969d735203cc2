// Whether values of one group tend to be larger than those of another.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct MannWhitneyOptions {
  enum class Method {
    kAuto,    // Exact when a group has at most 8 values and there are no ties.
    kExact,   // FAILED_PRECONDITION: ties, or too many values.
    kNormal,  // Variance corrected for ties.
    // What scipy before 1.7 gave unasked, to repeat a study that used it: half
    // the two-sided p of the normal approximation, and the smaller U.
    kLegacyHalf,
  };
  Method method = Method::kAuto;
  Alternative alternative = Alternative::kTwoSided;
  bool continuity = true;  // Of the normal approximation.
};

// As scipy 1.10.1; U is that of `a`. Auto takes the normal approximation too
// where the product of sizes is over 50,000: there the exact one takes long and
// says the same.
//
// Errors: checks.h. n/a: a group is empty, or all values are one.
absl::StatusOr<TestResult> MannWhitney(absl::Span<const double> a, absl::Span<const double> b,
                                       const MannWhitneyOptions& options = {});

}  // namespace gyrus
