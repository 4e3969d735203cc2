// Whether paired differences lie around zero: Wilcoxon's signed-rank test.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/test_result.h"

namespace gyrus {

struct WilcoxonOptions {
  enum class Zeros {
    kDrop,   // Wilcoxon: zero differences are left out.
    kPratt,  // They are ranked, and their ranks then left out.
    kSplit,  // They are ranked, and their ranks shared by both signs.
  };
  enum class Method {
    kAuto,    // Exact for at most 50 pairs without a zero difference.
    kExact,   // Normal all the same where a difference is zero.
    kNormal,  // Variance corrected for ties.
  };
  Zeros zeros = Zeros::kDrop;
  Method method = Method::kAuto;
  Alternative alternative = Alternative::kTwoSided;
  bool continuity = false;  // Of the normal approximation.
};

// As scipy 1.10.1, which later releases changed: the exact distribution is
// taken with ties too, the half ranks of W+ then cut off. The statistic is the
// smaller of W+ and W- for two sides, else W+.
//
// Ties are among the differences as IEEE subtracts: rounding values before
// changes p.
//
// Errors: checks.h. n/a: no pair, all differences zero, or more than 1,000 pairs
// of an exact one asked for.
absl::StatusOr<TestResult> Wilcoxon(absl::Span<const double> differences,
                                    const WilcoxonOptions& options = {});
// Of a[i] - b[i].
absl::StatusOr<TestResult> Wilcoxon(absl::Span<const double> a, absl::Span<const double> b,
                                    const WilcoxonOptions& options = {});

}  // namespace gyrus
