// Predictions on validation and test items.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"
#include "worker/collective/collective.h"
#include "worker/trainer/item_source.h"

namespace gyrus {

// [items, channels, x, y, z] -> [items], in target units.
torch::Tensor Forward(Network& network, const torch::Tensor& volumes, const v1::TrialSpec& trial);

// Predicts `items`, which `source` gives next: this rank's are those that
// PositionsDealt deals it, a leaf's worth in one forward pass. Returns all
// ranks' predictions, in item order, the same on every rank and for every world
// size. Errors are those of source and collective; OUT_OF_RANGE: a prediction
// is not finite.
absl::StatusOr<std::vector<v1::Prediction>> PredictAll(
    Network& network, const v1::TrialSpec& trial,
    const google::protobuf::RepeatedPtrField<v1::Item>& items, ItemSource& source,
    Collective& collective);

// Mean of the task's loss, in double, in the given order. Not for none.
double MeanLoss(v1::Loss loss, const std::vector<v1::Prediction>& predictions);

}  // namespace gyrus
