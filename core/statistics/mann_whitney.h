// The Mann-Whitney U test: tests whether the values of one group tend to be larger than
// those of another.
#pragma once

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct MannWhitneyOptions {
  enum class Method {
    kAuto,    // Exact if a group has at most 8 values and there are no ties.
    kExact,   // Undefined with ties or too many values.
    kNormal,  // The normal approximation, with a variance corrected for ties.
    // The default of scipy before 1.7, for repeating a study that used it: half the
    // two-sided p of the normal approximation, and the smaller U.
    kLegacyHalf,
  };
  Method method = Method::kAuto;
  Alternative alternative = Alternative::kTwoSided;
  bool continuity = true;  // Whether the normal approximation is corrected for it.
};

// Agrees with scipy 1.17.1; U is that of `a`. kAuto takes the normal approximation also
// if the product of the sizes is above 50,000, because there the exact distribution
// takes long and hardly differs.
//
// checks.h describes the errors. Undefined: a group is empty, or all values are equal.
Defined<TestResult> MannWhitney(absl::Span<const double> a, absl::Span<const double> b,
                                const MannWhitneyOptions& options = {});

}  // namespace gyrus
