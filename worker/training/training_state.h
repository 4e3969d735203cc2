// All that a training knows between two optimiser steps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/resume.pb.h"
#include "models/network.h"
#include "models/weights/safetensors.h"
#include "worker/collective/collective.h"
#include "worker/training/leaf_losses.h"
#include "worker/training/optimizer.h"
#include "worker/training/seen_log.h"
#include "worker/training/selection.h"
#include "worker/training/served_set.h"
#include "worker/training/weight_average.h"
#include "worker/training/weights.h"

namespace gyrus {

// How far a training is. After the last batch of an epoch `batch` counts all of
// them until the epoch is validated; then the next epoch begins with batch 0.
struct TrainingPosition {
  uint32_t epoch = 0;  // The epoch that is open, counted from 0: so many are finished.
  uint32_t batch = 0;  // Its batches that are done.
  uint32_t step = 0;   // Optimiser steps done, over all epochs.
};

// The epoch whose weights are kept so far, and how it did on validation items.
struct KeptEpoch {
  std::optional<double> validation_loss;
  std::vector<v1::Prediction> validation;
  // Null where the newest weights are the ones to keep.
  WeightSnapshot weights;
};

// What a training left to be continued. Between Save() and a file, or between two
// ranks. The tensors may be views of live ones.
struct SavedTraining {
  v1::ResumeState state;
  NamedTensors weights;    // Of the network itself, not their average.
  NamedTensors optimizer;  // And "average/NAME".
  NamedTensors kept;       // Of the epoch that is kept so far; may be empty.
};

// The state of one rank: the network and what stands around it. A training that
// saves it after any step and loads it elsewhere, in a group of any size, goes on
// with the same bits.
//
// The members are public: this is data that the step, the epoch and the evaluation
// work on in turn. One thread; the network must outlive it.
class TrainingState {
 public:
  TrainingState(const v1::TrialSpec& trial, Network& network);

  // Sets the weights that the training begins with; `file` holds those that
  // trial.init names and is empty where all are initialised at random.
  // INVALID_ARGUMENT: they do not fit; patterns of train.freeze, train.rates or
  // init.skip that name nothing. Others: as ReadWeights.
  absl::Status Initialise(const std::string& file);

  // What all ranks know together. All ranks call it, between two steps; on rank 0
  // the result is complete but for the trial and the numeric kind, which the store
  // knows; on the others it is meaningless. Its tensors are views that the next step
  // changes. Errors are those of Collective.
  absl::StatusOr<SavedTraining> Save(Collective& collective) const;

  // Whether Load() would succeed. Changes nothing. DATA_LOSS: as Load().
  absl::Status CheckFits(const SavedTraining& saved) const;

  // Takes over what rank 0 of some group saved. Of a group, rank 0 alone takes over
  // what it says of all ranks (`whole`), so that each entry stays there once.
  // DATA_LOSS: it is of another network or optimiser; then this is undefined.
  absl::Status Load(const SavedTraining& saved, bool whole);

  // The epoch whose weights are selected, as things stand, counted from 1.
  uint32_t SelectedEpoch() const;
  bool IsOver() const;

  // The network computes with the weights that are validated, tested and kept: the
  // average, where there is one.
  void UseEvaluatedWeights();
  // It computes with the weights that the optimiser moves.
  void UseTrainedWeights();

  const v1::TrialSpec& trial;
  Network& network;
  const std::unique_ptr<Optimizer> optimizer;
  std::optional<WeightAverage> average;  // Where train.ema asks for one.

  TrainingPosition position;
  Selection selection;
  KeptEpoch kept;
  // The newest weights of a finished epoch, or of the checkpoint that was loaded,
  // that were finite, and where; on rank 0 only. They are not saved.
  WeightSnapshot last_finite;
  TrainingPosition last_finite_position;

  SeenLog seen;
  LeafLosses leaf_losses;
  ServedSet served;
  v1::TransferReport transfer;  // Empty where all weights were initialised at random.
};

}  // namespace gyrus
