// Turns the results of core/statistics into the messages of result.proto.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Returns the outcome of a test, or the reason why the test is not applicable. An error
// of `result` is returned.
absl::StatusOr<v1::TestOutcome> OutcomeOf(v1::TestKind kind, const Defined<TestResult>& result);

// A number with its interval, or the reason why one of them is not applicable. An
// error of either is returned.
absl::StatusOr<v1::Estimate> EstimateOf(const Defined<double>& value,
                                        const Defined<Interval>& interval, absl::string_view method,
                                        size_t n);

// Corrects the p-values of one family of tests for their number: sets p_corrected
// of each test that has a p, and adds it to the test's sentence.
// INVALID_ARGUMENT: a p is outside [0, 1].
absl::Status CorrectP(v1::Correction correction, absl::Span<v1::TestOutcome* const> family);

}  // namespace gyrus
