// The complete state of a training between two optimiser steps.
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

// The position of a training. After the last batch of an epoch `batch` counts all its
// batches until the epoch is validated; then the next epoch begins with batch 0.
struct TrainingPosition {
  uint32_t epoch = 0;  // The current epoch, counted from 0.
  uint32_t batch = 0;  // Its batches that are done.
  uint32_t step = 0;   // Optimiser steps done, over all epochs.
};

// The epoch whose weights are kept so far, with its result on the validation items.
struct KeptEpoch {
  std::optional<double> validation_loss;
  std::vector<v1::Prediction> validation;
  // Null where the newest weights are the ones to keep.
  WeightSnapshot weights;
};

// A saved training, on its way between Save() and a file or between two ranks. The
// tensors may be views of live ones.
struct SavedTraining {
  v1::ResumeState state;
  NamedTensors weights;    // The network's own weights, not their average.
  NamedTensors optimizer;  // The optimiser's state, and "average/NAME".
  NamedTensors kept;       // The weights of the epoch kept so far; may be empty.
};

// The state of one rank: the network, the optimiser and everything else that must
// survive. A training that saves it after any step and loads it elsewhere, in a group
// of any size, continues with the same bits.
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

  // Gathers the state of all ranks. All ranks call it together, between two steps. On
  // rank 0 the result is complete except for the trial and the numeric kind, which the
  // store adds; on the other ranks it must not be used. Its tensors are views that the
  // next step changes. Errors are those of Collective.
  absl::StatusOr<SavedTraining> Save(Collective& collective) const;

  // Checks whether Load() would succeed, without changing anything. DATA_LOSS: as Load().
  absl::Status CheckFits(const SavedTraining& saved) const;

  // Restores what rank 0 of a group saved. Only rank 0 restores the entries of all ranks
  // (`whole`), so that each entry exists once in the new group.
  // DATA_LOSS: it belongs to another network or optimiser; this state is undefined
  // afterwards.
  absl::Status Load(const SavedTraining& saved, bool whole);

  // The epoch whose weights are selected so far, counted from 1.
  uint32_t SelectedEpoch() const;
  bool IsOver() const;

  // Lets the network compute with the weights that are validated, tested and kept: the
  // running average, where there is one.
  void UseEvaluatedWeights();
  // Lets the network compute with the weights that the optimiser updates.
  void UseTrainedWeights();

  const v1::TrialSpec& trial;
  Network& network;
  const std::unique_ptr<Optimizer> optimizer;
  std::optional<WeightAverage> average;  // Where train.ema asks for one.

  TrainingPosition position;
  Selection selection;
  KeptEpoch kept;
  // The newest finite weights, of a finished epoch or of the checkpoint that was loaded,
  // and their position. Only rank 0 has them, and they are not saved.
  WeightSnapshot last_finite;
  TrainingPosition last_finite_position;

  SeenLog seen;
  LeafLosses leaf_losses;
  ServedSet served;
  v1::TransferReport transfer;  // Empty where all weights were initialised at random.
};

}  // namespace gyrus
