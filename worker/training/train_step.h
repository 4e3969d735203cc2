// One optimiser step: the forward and backward pass of a batch, the sum of the
// gradients over all ranks, and the update of the weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/epoch/batches.h"
#include "models/objective.h"
#include "worker/collective/collective.h"
#include "worker/training/gradient_sum.h"
#include "worker/training/item_source.h"
#include "worker/training/leaf.h"
#include "worker/training/not_finite.h"
#include "worker/training/training_items.h"
#include "worker/training/training_state.h"

namespace gyrus {

// The outcome of a step, as one rank knows it.
struct StepOutcome {
  double loss = 0;     // Mean over the items of this rank's leaves.
  uint32_t items = 0;  // Items of the batch, over all ranks.
  // Whether rank 0 wanted a checkpoint of this step; the same on all ranks.
  bool checkpoint = false;
};

// Trains the network of a state on one batch after the other: this rank's leaves
// forward and backward, the gradients of all ranks summed along the tree, the
// optimiser's step. Every rank ends each step with the same weights.
//
// One thread; the arguments outlive it.
class TrainStep {
 public:
  TrainStep(TrainingState& state, Collective& collective, ItemSource& source,
            const Objective& objective, const EpochBatches& batches, SumOrder order);

  // Sets the learning rates and which tensors learn. Must be called before the first
  // step of an epoch in this process.
  void BeginEpoch(uint32_t epoch);
  double learning_rate() const { return learning_rate_; }

  // Trains on the batch at the state's position, for which `source` must give this
  // rank's items next, and moves the position. `wants_checkpoint` counts on rank 0.
  // `before_update` is called once, before any tensor of the state changes.
  //  * OUT_OF_RANGE, shared by all ranks (failure.h): a loss is not finite.
  // Others are those of the arguments.
  absl::StatusOr<StepOutcome> Run(const TrainingItems& items, bool wants_checkpoint,
                                  absl::FunctionRef<void()> before_update);

 private:
  absl::StatusOr<double> TrainLeaf(const TrainingItems& items, Range positions);
  absl::StatusOr<Leaf> LoadLeaf(const TrainingItems& items, Range positions);
  absl::Status ApplyStatistics();
  absl::Status Update(Gradients sums, uint32_t items);

  TrainingState& state_;
  Collective& collective_;
  ItemSource& source_;
  const Objective& objective_;
  const EpochBatches& batches_;
  GradientSum gradients_;
  NotFiniteLoss not_finite_;
  const std::vector<std::string> parameters_;  // Their names.

  double learning_rate_ = 0;
  std::vector<double> rate_factors_;
  std::string leaf_statistics_;  // The batch norms' statistics of this rank's leaves.
};

}  // namespace gyrus
