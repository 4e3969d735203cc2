// Metrics of the test items of all folds taken together (pooled), and how much two arms
// differ in one of them.
//
// The mean over folds weighs every fold alike and needs the metric in each: of two test
// items Pearson's r is 1 or -1, and of one there is none. Pooled, every item weighs alike.
// An item that several repeats test is there once for each of them.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Whether tests and intervals are computed from items.
bool PoolsItems(const v1::Evaluate& evaluate);

// Computes each of the metrics `asked`. Errors: ComputeMetrics'.
absl::StatusOr<v1::PooledResult> PoolArm(const TestedArm& arm, absl::Span<const v1::Metric> asked);

// The pooled metric of `arm` minus that of `with`, both over the items of the folds that
// both have, with the BCa interval of a bootstrap that draws subjects (from `seed`). Items
// without a target are left out where the metric needs one.
// INTERNAL: an item has no sample. Other errors: ComputeMetrics'.
absl::StatusOr<v1::Estimate> PooledDifference(const TestedArm& arm, const TestedArm& with,
                                              v1::Metric metric, const SamplesById& samples,
                                              uint64_t seed);

}  // namespace gyrus
