// One rank of one attempt, from its first step to the test predictions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "core/epoch/batches.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"
#include "models/objective.h"
#include "worker/collective/collective.h"
#include "worker/training/checkpoint_store.h"
#include "worker/training/epoch.h"
#include "worker/training/evaluation.h"
#include "worker/training/item_source.h"
#include "worker/training/progress.h"
#include "worker/training/served_set.h"
#include "worker/training/train_step.h"
#include "worker/training/training_state.h"

namespace gyrus {

// Fetches the file of initial weights that trial.init names and returns its path.
using FetchWeightsFn = std::function<absl::StatusOr<std::string>()>;

struct TrainingOptions {
  v1::TrialSpec trial;
  uint32_t attempt = 1;
  std::string numeric_kind;
  // The folder in which selected/ and last_finite/ are written.
  std::string folder;
  // Called only when the training begins at step 0. Where it is empty, all weights
  // are initialised at random.
  FetchWeightsFn fetch_initial_weights = {};
  SumOrder sum_order = SumOrder::kTree;
};

// The objects that a training uses. All must outlive it.
struct TrainingParts {
  Network& network;  // Run sets its weights first.
  Collective& collective;
  ItemSource& source;
  ReportFn report;
  const Clock& clock;
  // Null on every rank but rank 0, and where no resume checkpoints are kept.
  CheckpointStore* store = nullptr;
};

// Continues from the newest resume checkpoint or begins at step 0; then trains,
// validates, selects the best epoch and predicts the test items, and reports each of
// these through `report`. All ranks run the same code and end with the same bits,
// whatever the number of ranks and however often the training was interrupted. Rank 0
// writes the files. One thread.
class Training {
 public:
  Training(TrainingOptions options, TrainingParts parts);

  // Errors are those of the parts; besides:
  //  * OUT_OF_RANGE, shared by all ranks (failure.h): a loss, weight or prediction
  //    is not finite; names step and tensor, or the item.
  //  * DATA_LOSS: ranks ended with different weights.
  //  * INTERNAL: an item was trained on twice in an epoch, or not at all.
  //  * INVALID_ARGUMENT: initial weights that do not fit; patterns of
  //    train.freeze, train.rates or init.skip that name nothing.
  absl::Status Run();

  // On rank 0, after Run failed: writes the newest weights that were finite, with
  // their checkpoint.pb, into last_finite/. Empty where there are none, which is so
  // in the first epoch.
  absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite() const;

 private:
  // Sets the state; asks for the first items.
  absl::Status Begin();
  absl::Status Select();
  absl::Status CheckRanksAgree();
  absl::Status Finish();
  v1::Checkpoint HeadAt(uint32_t epochs, uint32_t step) const;
  bool IsRoot() const { return parts_.collective.rank() == 0; }

  const TrainingOptions options_;
  TrainingParts parts_;
  const Objective objective_;
  const EpochBatches batches_;
  TrainingState state_;
  NotedSource source_;
  Progress progress_;
  Evaluation evaluation_;
  TrainStep step_;
  Epoch epoch_;
};

}  // namespace gyrus
