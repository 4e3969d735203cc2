// What comes out without looking at an image.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

using PlannedItems = google::protobuf::RepeatedPtrField<v1::Item>;

// Of numbers, the MAE of predicting the mean of the training targets for every
// test item; of classes, the accuracy of their most frequent class (of equals,
// the first). Neither: empty. Items without a target are left out.
// n/a: no training item or no test item has a target.
// INVALID_ARGUMENT: a target is not finite.
absl::StatusOr<v1::Metrics> BaselineOf(const v1::Task& task, const PlannedItems& train,
                                       const PlannedItems& test);

}  // namespace gyrus
