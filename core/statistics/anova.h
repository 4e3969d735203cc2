// Whether several groups have one mean. Errors: checks.h; INVALID_ARGUMENT for
// fewer than two groups; n/a for an empty group, and where nothing varies within
// groups.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/test_result.h"

namespace gyrus {

using Groups = absl::Span<const absl::Span<const double>>;

// F = mean square between / within. n/a: as many groups as values.
absl::StatusOr<TestResult> OneWayAnova(Groups groups);

// What a paper prints of a group; the spread with n - 1 below.
struct GroupMoments {
  size_t n = 0;
  double mean = 0;
  double sd = 0;
};
absl::StatusOr<TestResult> OneWayAnova(absl::Span<const GroupMoments> groups);

// Whether spreads are equal: the one-way ANOVA of distances from the medians
// (Brown and Forsythe 1974).
absl::StatusOr<TestResult> Levene(Groups groups);

// Rows are conditions, columns the subjects (or folds) that went through all.
// F with k - 1 and (n - 1)(k - 1), sphericity taken for granted. n/a: fewer than
// two subjects, or nothing left beside the effects of conditions and subjects.
absl::StatusOr<TestResult> RepeatedMeasuresAnova(Groups conditions);

}  // namespace gyrus
