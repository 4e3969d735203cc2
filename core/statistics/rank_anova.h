// Tests by ranks whether several groups come from the same distribution. The p-value is
// that of chi-squared with k - 1 degrees of freedom. checks.h describes the errors.
#pragma once

#include "absl/types/span.h"
#include "core/statistics/anova.h"
#include "core/statistics/defined.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// H of independent groups, corrected for ties. INVALID_ARGUMENT: there are fewer than two
// groups. Undefined: a group is empty, or all values are equal.
Defined<TestResult> KruskalWallis(Groups groups);

// Chi-squared of conditions (rows) in which the same subjects (columns) were measured,
// corrected for ties. INVALID_ARGUMENT: there are fewer than three conditions.
// Undefined: there are no subjects, or for each subject all conditions are equal.
Defined<TestResult> Friedman(Groups conditions);

}  // namespace gyrus
