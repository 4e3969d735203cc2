// Wilcoxon's signed-rank test: tests whether paired differences lie around zero.
#pragma once

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct WilcoxonOptions {
  enum class Zeros {
    kDrop,   // As Wilcoxon did: differences that are zero are left out.
    kPratt,  // Zeros are ranked, and then their ranks are left out.
    kSplit,  // Zeros are ranked, and both signs share their ranks.
  };
  enum class Method {
    kAuto,  // Exact for at most 50 pairs, ties and zeros or not.
    kExact,
    kNormal,  // The normal approximation, with a variance corrected for ties.
  };
  Zeros zeros = Zeros::kDrop;
  Method method = Method::kAuto;
  Alternative alternative = Alternative::kTwoSided;
  bool continuity = false;  // Whether the normal approximation is corrected for it.
};

// The exact p is the share of all sign patterns of the ranks whose W+ is at least as
// extreme: differences of the same size keep their mid-rank, and zeros have no sign. Where
// there are neither ties nor zeros, or at most 13 pairs, this is what scipy 1.17 computes;
// beyond 13 pairs with ties or zeros scipy takes the normal approximation. The statistic is
// the smaller of W+ and W- for a two-sided test, otherwise W+.
//
// Ties are looked for among the differences as IEEE 754 rounds them, so that rounding the
// values beforehand changes p.
//
// checks.h describes the errors. Undefined: there are no pairs, all differences are zero,
// or kExact was asked for with more than 1,000 pairs.
Defined<TestResult> Wilcoxon(absl::Span<const double> differences,
                             const WilcoxonOptions& options = {});
// The same test of the differences a[i] - b[i].
Defined<TestResult> Wilcoxon(absl::Span<const double> a, absl::Span<const double> b,
                             const WilcoxonOptions& options = {});

}  // namespace gyrus
