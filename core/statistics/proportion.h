// Shares of a whole, and two classifiers' shares of the same items.
// Errors: checks.h.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// Wilson 1927, without continuity correction.
// INVALID_ARGUMENT: more successes than trials. n/a: no trial; so too below.
absl::StatusOr<Interval> WilsonInterval(uint64_t successes, uint64_t trials, double level = 0.95);
// Clopper and Pearson 1934: exact, never too short.
absl::StatusOr<Interval> ClopperPearsonInterval(uint64_t successes, uint64_t trials,
                                                double level = 0.95);

// Of items that only the first, and only the second classifier got right.
// n/a: there are none.
absl::StatusOr<TestResult> McNemarExact(uint64_t only_first, uint64_t only_second);
// (|b - c| - 1)^2 / (b + c)
absl::StatusOr<TestResult> McNemarChiSquared(uint64_t only_first, uint64_t only_second);

}  // namespace gyrus
