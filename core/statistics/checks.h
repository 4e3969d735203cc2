// Checks that the functions of this folder make of their input.
//
// Every function of core/statistics returns a Defined<T> (see defined.h):
//  * Undefined, with a reason: the data leave the statistic without a value;
//  * INVALID_ARGUMENT: it was misused: lengths that differ, a number that is not
//    finite, a level outside (0, 1).
//
// All of them are pure and compute in double, in a fixed order: equal input gives
// equal bits.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

// Undefined: `value` has left the range of double.
Defined<double> InRange(double value);

// INVALID_ARGUMENT: a value is not a finite number.
absl::Status CheckFinite(absl::Span<const double> values);

// INVALID_ARGUMENT: the lengths differ, or a value is not finite.
absl::Status CheckPairs(absl::Span<const double> a, absl::Span<const double> b);

// INVALID_ARGUMENT: there are fewer than `least` groups, or a value is not finite.
// Undefined: a group is empty.
DefinedStatus CheckGroups(absl::Span<const absl::Span<const double>> groups, size_t least);

// Each row is a condition, each column a subject. Like CheckGroups, and besides
// INVALID_ARGUMENT: the rows have different lengths.
DefinedStatus CheckRows(absl::Span<const absl::Span<const double>> rows, size_t least);

// INVALID_ARGUMENT: not inside (0, 1).
absl::Status CheckLevel(double level);

}  // namespace gyrus
