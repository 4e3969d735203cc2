// Predictions on validation, test and external items.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"
#include "models/objective.h"
#include "worker/collective/collective.h"
#include "worker/training/item_source.h"

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

// The items of a trial that are predicted and not trained on, shared out over the
// ranks. One thread; the arguments outlive it.
class Evaluation {
 public:
  Evaluation(const v1::TrialSpec& trial, Network& network, const Objective& objective,
             ItemSource& source, Collective& collective)
      : trial_(trial),
        network_(network),
        objective_(objective),
        source_(source),
        collective_(collective) {}

  // Ask the source for this rank's share, which Predict then takes in the same
  // order.
  void QueueValidation(uint32_t epoch);
  void QueueTest();  // The test items, then the external ones.

  // Reads this rank's share of the external items once: they are first predicted
  // after all the training, and what is wrong with a file should show before.
  absl::Status CheckExternal();

  // As PredictAll.
  absl::StatusOr<std::vector<v1::Prediction>> Validation() {
    return Predict(trial_.validation_items());
  }
  absl::StatusOr<std::vector<v1::Prediction>> Test() { return Predict(trial_.test_items()); }
  absl::StatusOr<std::vector<v1::Prediction>> External() {
    return Predict(trial_.external_items());
  }

 private:
  using Items = google::protobuf::RepeatedPtrField<v1::Item>;
  absl::StatusOr<std::vector<v1::Prediction>> Predict(const Items& items);
  std::vector<uint32_t> ShareOf(const Items& items) const;

  const v1::TrialSpec& trial_;
  Network& network_;
  const Objective& objective_;
  ItemSource& source_;
  Collective& collective_;
};

// Mean loss of those that have one, in double, in the given order; absent: none
// has.
std::optional<double> MeanLoss(const std::vector<v1::Prediction>& predictions);

}  // namespace gyrus
