// Compares two arms by the absolute errors of the subjects that both were tested on.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/subject_errors.h"
#include "core/statistics/test_result.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

inline constexpr uint32_t kComparisonResamples = 2'000;

// The mean of one value for each subject, with the BCa interval of a bootstrap that draws
// subjects from `seed`.
absl::StatusOr<v1::Estimate> MeanWithInterval(absl::Span<const double> values, uint64_t seed);

// Adds Wilcoxon's test of the differences first - second, the difference of the means with
// its BCa interval (from `seed`), and d_z with the interval by the noncentral t.
absl::Status CompareErrors(const PairedErrors& errors, Alternative alternative, uint64_t seed,
                           v1::Comparison& comparison);

}  // namespace gyrus
