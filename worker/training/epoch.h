// One epoch of a training: its optimiser steps, its validation, and the decision
// whether its weights are the best so far.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/epoch/batches.h"
#include "worker/collective/collective.h"
#include "worker/training/checkpoint_store.h"
#include "worker/training/evaluation.h"
#include "worker/training/item_source.h"
#include "worker/training/progress.h"
#include "worker/training/train_step.h"
#include "worker/training/training_state.h"

namespace gyrus {

// The objects that an epoch uses. All must outlive it.
struct EpochParts {
  TrainingState& state;
  Collective& collective;
  ItemSource& source;
  Evaluation& evaluation;
  TrainStep& step;
  Progress& progress;
  const EpochBatches& batches;
  CheckpointStore* store;  // Rank 0's; null where nothing is kept.
};

// Runs the open epoch of a state from its position to its end. It requests the items
// of the next epoch early, so that their volumes arrive in time. One thread.
class Epoch {
 public:
  explicit Epoch(EpochParts parts);

  // Requests this rank's items of an epoch, from a batch on.
  void QueueTraining(uint32_t epoch, uint32_t first_batch);

  // Runs the epoch. Afterwards the position is at the beginning of the next epoch, and
  // the network computes with the weights that were validated. Errors are those of the
  // parts.
  absl::Status Run();

  // Lets rank 0 begin to write a resume checkpoint. All ranks call it together, between
  // two steps. Errors are those of the collective.
  absl::Status SaveCheckpoint();
  // Reports a checkpoint that has been completed.
  absl::Status ReportCheckpoint();

 private:
  absl::Status RunSteps(const TrainingItems& items);
  absl::Status Finish(const TrainingItems& items);
  // Decides whether the epoch is the one to keep so far, and then keeps it.
  absl::Status UpdateSelection(const std::vector<v1::Prediction>& validation, v1::EpochDone& done);
  // Rank 0 keeps a copy of the weights in memory, in case later ones are not finite.
  absl::Status KeepLastFinite();
  bool IsRoot() const { return parts_.collective.rank() == 0; }

  EpochParts parts_;
};

}  // namespace gyrus
