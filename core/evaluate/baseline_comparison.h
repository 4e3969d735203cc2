// Compares an arm with a prediction that looks at no image.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct BaselineOptions {
  v1::Pool pool = v1::POOL_FOLDS;
  uint32_t k = 0;     // Folds in one repeat, at least 2.
  uint64_t seed = 1;  // Of the bootstrap, where items are pooled.
};

// The arm's MAE, or its accuracy for classes, minus that of the baseline (baseline.h):
//  * from folds: the mean difference over folds, with the interval of the corrected
//    resampled t;
//  * from items: the mean over subjects, each the mean over its items, with the BCa
//    interval of a bootstrap that draws subjects.
// Absent: the arm predicts neither a number nor a class.
// INTERNAL: an item has no sample. INVALID_ARGUMENT: k is below 2.
absl::StatusOr<std::optional<v1::BaselineComparison>> CompareWithBaseline(
    const TestedArm& arm, const SamplesById& samples, const BaselineOptions& options);

}  // namespace gyrus
