// Confidence intervals of proportions, and tests that compare how many of the same items
// two classifiers get right. checks.h describes the errors.
#pragma once

#include <cstdint>

#include "core/statistics/defined.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// The interval of Wilson 1927, without a correction for continuity.
// INVALID_ARGUMENT: there are more successes than trials. Undefined: there are no trials.
Defined<Interval> WilsonInterval(uint64_t successes, uint64_t trials, double level = 0.95);
// The interval of Clopper and Pearson 1934: exact, and never too short. The errors are
// the same.
Defined<Interval> ClopperPearsonInterval(uint64_t successes, uint64_t trials, double level = 0.95);

// The arguments are how many items only the first classifier, and only the second one,
// got right. Undefined: there are no such items.
Defined<TestResult> McNemarExact(uint64_t only_first, uint64_t only_second);
// The same by chi-squared: (|b - c| - 1)^2 / (b + c).
Defined<TestResult> McNemarChiSquared(uint64_t only_first, uint64_t only_second);

}  // namespace gyrus
