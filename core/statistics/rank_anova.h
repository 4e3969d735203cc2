// Whether several groups come of one distribution, by ranks. p from chi-squared
// with k - 1 degrees of freedom. Errors: checks.h.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/anova.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// H of independent groups, corrected for ties. INVALID_ARGUMENT: fewer than two
// groups. n/a: an empty group, or all values are one.
absl::StatusOr<TestResult> KruskalWallis(Groups groups);

// Chi-squared of conditions (rows) that the same subjects (columns) went
// through, corrected for ties. INVALID_ARGUMENT: fewer than three conditions.
// n/a: no subject, or for each of them all conditions are equal.
absl::StatusOr<TestResult> Friedman(Groups conditions);

}  // namespace gyrus
