// Predictions on validation and test items.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"
#include "models/objective.h"
#include "worker/collective/collective.h"
#include "worker/trainer/item_source.h"

namespace gyrus {

// Items of one forward pass: a leaf's worth, or one where a leaf has slices and
// what is predicted is all slices of a volume.
uint32_t EvaluationBatch(const v1::TrialSpec& trial);

// Predicts `items`, which `source` gives next: this rank's are those that
// ShardPositions deals it, EvaluationBatch in one forward pass. Returns all
// ranks' predictions, in item order, the same on every rank and for every world
// size. Errors are those of source and collective; OUT_OF_RANGE: a prediction
// is not finite.
absl::StatusOr<std::vector<v1::Prediction>> PredictAll(
    Network& network, const Objective& objective, const v1::TrialSpec& trial,
    const google::protobuf::RepeatedPtrField<v1::Item>& items, ItemSource& source,
    Collective& collective);

// Mean loss of those that have one, in double, in the given order; absent: none
// has.
std::optional<double> MeanLoss(const std::vector<v1::Prediction>& predictions);

}  // namespace gyrus
