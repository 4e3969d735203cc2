// Analysis of variance: tests whether several groups have the same mean. checks.h
// describes the errors. Besides, it is INVALID_ARGUMENT to give fewer than two groups,
// and a test is undefined if a group is empty or nothing varies within the groups.
#pragma once

#include <cstddef>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/test_result.h"

namespace gyrus {

using Groups = absl::Span<const absl::Span<const double>>;

// F is the mean square between groups over the mean square within groups. Undefined:
// there are as many groups as values.
Defined<TestResult> OneWayAnova(Groups groups);

// The numbers that a paper prints for a group. The standard deviation has the
// denominator n - 1.
struct GroupMoments {
  size_t n = 0;
  double mean = 0;
  double sd = 0;
};
Defined<TestResult> OneWayAnova(absl::Span<const GroupMoments> groups);

// Tests whether the groups have the same spread: a one-way ANOVA of the distances from
// the medians (Brown and Forsythe 1974).
Defined<TestResult> Levene(Groups groups);

// Rows are conditions; columns are the subjects (or folds) that were measured in all of
// them. F has k - 1 and (n - 1)(k - 1) degrees of freedom; sphericity is assumed.
// Undefined: there are fewer than two subjects, or no variation is left beside the
// effects of conditions and subjects.
Defined<TestResult> RepeatedMeasuresAnova(Groups conditions);

}  // namespace gyrus
