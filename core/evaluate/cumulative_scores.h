// CS(alpha): how many percent of the items are off by at most alpha.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// By rising alpha; of the test items of all folds that have a target, each as
// often as it was tested. n/a: there are none.
// INVALID_ARGUMENT: an alpha is negative.
absl::StatusOr<std::vector<v1::CumulativeScore>> CumulativeScoresOf(
    const TestedArm& arm, absl::Span<const double> alphas);

}  // namespace gyrus
