// Predicts the validation, test and external items of a trial.
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

// Returns the number of items in one forward pass of a prediction: that of a leaf, or
// 1 where the training items are slices, because a prediction uses whole volumes.
uint32_t EvaluationBatch(const v1::TrialSpec& trial);

// Predicts `items`, which `source` returns next. ShardPositions assigns each rank its
// share, and EvaluationBatch of them go through one forward pass. Returns the
// predictions of all ranks in item order, the same on every rank and for every number
// of ranks. Errors are those of `source` and `collective`.
// OUT_OF_RANGE: a prediction is not finite.
absl::StatusOr<std::vector<v1::Prediction>> PredictAll(
    Network& network, const Objective& objective, const v1::TrialSpec& trial,
    const google::protobuf::RepeatedPtrField<v1::Item>& items, ItemSource& source,
    Collective& collective);

// Predicts the items of a trial that are not trained on, divided among the ranks. One
// thread; the arguments must outlive it.
class Evaluation {
 public:
  Evaluation(const v1::TrialSpec& trial, Network& network, const Objective& objective,
             ItemSource& source, Collective& collective)
      : trial_(trial),
        network_(network),
        objective_(objective),
        source_(source),
        collective_(collective) {}

  // These request this rank's share from the source. Predict takes it in the same order.
  void QueueValidation(uint32_t epoch);
  void QueueTest();  // The test items, then the external ones.

  // Reads this rank's share of the external items once. They are predicted only after
  // the training, and a damaged file should be reported before it.
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

// Returns the mean loss of the predictions that have one, added in double in the given
// order. It is absent where none has one.
std::optional<double> MeanLoss(const std::vector<v1::Prediction>& predictions);

}  // namespace gyrus
