// The metrics of a prediction that looks at no image, with which an arm's metrics should
// be compared.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

using PlannedItems = google::protobuf::RepeatedPtrField<v1::Item>;

// What the baseline predicts for everyone: the mean of the training targets, or their most
// frequent class (the first of several). Undefined: no training item has a target, or the
// task has neither a number nor a class. INVALID_ARGUMENT: a target is not finite.
Defined<double> BaselinePrediction(const v1::Task& task, const PlannedItems& train);

// For a task with numbers, the MAE of predicting the mean of the training targets for
// every test item; for a task with classes, the accuracy of predicting their most
// frequent class (the first of several). Empty for other tasks. Items without a target
// are left out. A metric is undefined if no training item or no test item has a target.
// INVALID_ARGUMENT: a target is not finite.
absl::StatusOr<v1::Metrics> BaselineOf(const v1::Task& task, const PlannedItems& train,
                                       const PlannedItems& test);

}  // namespace gyrus
