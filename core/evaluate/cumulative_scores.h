// The cumulative score CS(alpha): the percentage of items whose absolute error is at most
// alpha.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// The scores in ascending order of alpha, over the test items of all folds that have a
// target. An item counts as often as it was tested. Undefined (with a reason in the
// message): there are no such items.
// INVALID_ARGUMENT: an alpha is negative.
absl::StatusOr<std::vector<v1::CumulativeScore>> CumulativeScoresOf(
    const TestedArm& arm, absl::Span<const double> alphas);

}  // namespace gyrus
