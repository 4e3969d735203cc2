// Confidence intervals of any statistic by resampling subjects. All scans of a
// subject come or stay away together: they are no independent items.
//
// Draws are counted by common/random.h: resample i of a seed is the same on
// every machine, in any order. Errors: checks.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"

namespace gyrus {

struct BootstrapOptions {
  uint64_t seed = 0;
  uint32_t resamples = 2'000;  // At least.
  double level = 0.95;
};

struct BootstrapResult {
  double estimate = 0;  // Of the items as they are.
  // Quantiles of the resampled values, as numpy's.
  absl::StatusOr<Interval> percentile{};
  // Bias-corrected and accelerated (Efron 1987).
  absl::StatusOr<Interval> bca{};
  size_t subjects = 0;
  uint32_t resamples = 0;
  uint32_t undefined = 0;  // Resamples in which the statistic is n/a: left out.
  uint64_t seed = 0;
};

// Of the items with these indices, some of them several times. FAILED_PRECONDITION
// is n/a; any other error ends the bootstrap.
using Statistic = absl::FunctionRef<absl::StatusOr<double>(absl::Span<const size_t> items)>;

// subject_of[i] is that of item i, a number from 0 without gaps.
// INVALID_ARGUMENT: a gap, or fewer than 2,000 resamples. n/a: fewer than two
// subjects, or the statistic is n/a of the items as they are.
absl::StatusOr<BootstrapResult> BootstrapBySubject(absl::Span<const size_t> subject_of,
                                                   Statistic statistic,
                                                   const BootstrapOptions& options = {});

// n/a: fewer than two resampled values.
absl::StatusOr<Interval> PercentileInterval(absl::Span<const double> resampled, double level);

// `left_out` are the values without each subject in turn. n/a: besides, they
// are equal, or the estimate is beyond all resampled values.
absl::StatusOr<Interval> BcaInterval(absl::Span<const double> resampled, double estimate,
                                     absl::Span<const double> left_out, double level);

}  // namespace gyrus
