// Confidence intervals of any statistic by resampling subjects (the bootstrap). All scans
// of a subject are drawn together, because they are not independent.
//
// The draws are those of common/random.h: resample i of a seed is the same on every
// machine. checks.h describes the errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"

namespace gyrus {

struct BootstrapOptions {
  uint64_t seed = 0;
  uint32_t resamples = 2'000;  // 2,000 is the minimum.
  double level = 0.95;
};

struct BootstrapResult {
  double estimate = 0;  // The statistic of the items themselves.
  // The quantiles of the resampled values, interpolated as in numpy.
  Defined<Interval> percentile{};
  // Bias-corrected and accelerated (Efron 1987).
  Defined<Interval> bca{};
  size_t subjects = 0;
  uint32_t resamples = 0;
  uint32_t undefined = 0;  // Resamples that were left out: the statistic is undefined.
  uint64_t seed = 0;
};

// Computes the statistic of the items with these indices, some of which occur several
// times. It may be undefined for some resamples; an error ends the bootstrap.
using Statistic = absl::FunctionRef<Defined<double>(absl::Span<const size_t> items)>;

// subject_of[i] is the number of the subject of item i. Subjects are numbered from 0
// without gaps.
// INVALID_ARGUMENT: there is a gap, or fewer than 2,000 resamples are asked for.
// Undefined: there are fewer than two subjects, or the statistic of the items themselves
// is undefined.
Defined<BootstrapResult> BootstrapBySubject(absl::Span<const size_t> subject_of,
                                            Statistic statistic,
                                            const BootstrapOptions& options = {});

// Undefined: there are fewer than two resampled values.
Defined<Interval> PercentileInterval(absl::Span<const double> resampled, double level);

// `left_out` are the values without one subject, for each subject in turn. Undefined:
// besides, they are all equal, or the estimate is beyond all resampled values.
Defined<Interval> BcaInterval(absl::Span<const double> resampled, double estimate,
                              absl::Span<const double> left_out, double level);

}  // namespace gyrus
