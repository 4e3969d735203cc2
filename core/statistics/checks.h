// What a statistic asks of its input, and how it says that there is no answer.
//
// Errors, everywhere in core/statistics:
//  * FAILED_PRECONDITION: these data leave it undefined. A table shows n/a; the
//    message is the reason ("the values do not vary").
//  * INVALID_ARGUMENT: misuse: lengths that differ, a number that is not finite,
//    a level outside (0, 1).
//
// All there is pure, in double, in a fixed order: equal input gives equal bits.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gyrus {

absl::Status Undefined(absl::string_view reason);

// Absent for any error.
std::optional<double> IfDefined(const absl::StatusOr<double>& value);

// FAILED_PRECONDITION: `value` has left the range of double.
absl::StatusOr<double> InRange(double value);

// INVALID_ARGUMENT: a value is not a finite number.
absl::Status CheckFinite(absl::Span<const double> values);

// INVALID_ARGUMENT: besides, lengths differ.
absl::Status CheckPairs(absl::Span<const double> a, absl::Span<const double> b);

// INVALID_ARGUMENT: fewer than `least` groups, or a value is not finite.
// FAILED_PRECONDITION: a group is empty.
absl::Status CheckGroups(absl::Span<const absl::Span<const double>> groups, size_t least);

// INVALID_ARGUMENT: besides, the rows have different lengths: each is a
// condition, each column a subject.
absl::Status CheckRows(absl::Span<const absl::Span<const double>> rows, size_t least);

// INVALID_ARGUMENT: not inside (0, 1).
absl::Status CheckLevel(double level);

}  // namespace gyrus
