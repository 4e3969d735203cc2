// Results of core/statistics as messages.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// What the test found, or why it is n/a. Any other error than
// FAILED_PRECONDITION is returned.
absl::StatusOr<v1::TestOutcome> OutcomeOf(v1::TestKind kind,
                                          const absl::StatusOr<TestResult>& result);

// The same of a number and its interval; either may be n/a.
absl::StatusOr<v1::Estimate> EstimateOf(const absl::StatusOr<double>& value,
                                        const absl::StatusOr<Interval>& interval,
                                        absl::string_view method, size_t n);

// Sets p_corrected of those that have a p, which are one family, and says so in
// their sentences.
absl::Status CorrectP(v1::Correction correction, absl::Span<v1::TestOutcome* const> family);

}  // namespace gyrus
