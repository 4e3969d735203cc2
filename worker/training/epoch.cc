#include "worker/training/epoch.h"

#include <optional>
#include <utility>

#include "common/status.h"
#include "core/epoch/views.h"
#include "models/torch_boundary.h"

namespace gyrus {

Epoch::Epoch(EpochParts parts) : parts_(parts) {}

void Epoch::QueueTraining(uint32_t epoch, uint32_t first_batch) {
  const uint32_t first = first_batch * parts_.state.trial.train().batch();
  std::vector<uint32_t> positions;
  for (const uint32_t position : parts_.batches.PositionsOfRank(parts_.collective.rank())) {
    if (position >= first) positions.push_back(position);
  }
  parts_.source.Queue(v1::PURPOSE_TRAIN, epoch, std::move(positions));
}

absl::Status Epoch::Run() {
  TrainingState& state = parts_.state;
  const uint32_t epoch = state.position.epoch;
  parts_.progress.BeginEpoch(epoch);
  parts_.evaluation.QueueValidation(epoch);
  // The first items of the next phase are requested before this one ends. The loaders can
  // then prepare volumes while the network computes.
  if (epoch + 1 < state.trial.train().epochs()) {
    QueueTraining(epoch + 1, 0);
  } else {
    parts_.evaluation.QueueTest();
  }
  parts_.step.BeginEpoch(epoch);
  state.UseTrainedWeights();
  state.network.train();
  const TrainingItems items(state.trial, epoch);
  GYRUS_RETURN_IF_ERROR(RunSteps(items));
  return Finish(items);
}

absl::Status Epoch::RunSteps(const TrainingItems& items) {
  CheckpointStore* const store = parts_.store;
  while (parts_.state.position.batch < parts_.batches.batches()) {
    const uint32_t step = parts_.state.position.step;
    GYRUS_ASSIGN_OR_RETURN(const StepOutcome outcome,
                           parts_.step.Run(items, store != nullptr && store->IsDue(), [store] {
                             if (store != nullptr) store->WaitUntilCopied();
                           }));
    GYRUS_RETURN_IF_ERROR(parts_.progress.Step(step, outcome.loss, outcome.items));
    if (outcome.checkpoint) GYRUS_RETURN_IF_ERROR(SaveCheckpoint());
    GYRUS_RETURN_IF_ERROR(ReportCheckpoint());
  }
  return parts_.progress.FlushSteps();
}

absl::Status Epoch::SaveCheckpoint() {
  GYRUS_ASSIGN_OR_RETURN(SavedTraining saved, parts_.state.Save(parts_.collective));
  if (parts_.store != nullptr) parts_.store->Begin(std::move(saved));
  return absl::OkStatus();
}

absl::Status Epoch::ReportCheckpoint() {
  if (parts_.store == nullptr) return absl::OkStatus();
  const std::optional<v1::CheckpointWritten> written = parts_.store->TakeWritten();
  return written.has_value() ? parts_.progress.Checkpoint(*written) : absl::OkStatus();
}

absl::Status Epoch::Finish(const TrainingItems& items) {
  TrainingState& state = parts_.state;
  const v1::TrialSpec& trial = state.trial;
  const uint32_t count = ItemCount(trial.train_items_size(), trial.train_views());
  // Where there is a running average of the weights, the average is validated, tested
  // and kept.
  state.UseEvaluatedWeights();
  GYRUS_RETURN_IF_ERROR(KeepLastFinite());
  v1::EpochDone done;
  GYRUS_ASSIGN_OR_RETURN(
      std::vector<v1::SeenItem> seen,
      state.seen.FinishEpoch(
          state.position.epoch, count, /*return_items=*/IsRoot() && RecordsItemsSeen(count),
          [&](uint32_t position) { return items.Name(position); }, parts_.collective));
  for (v1::SeenItem& item : seen) *done.add_items_seen() = std::move(item);
  done.set_seen_digest(state.seen.digest());
  GYRUS_ASSIGN_OR_RETURN(const double train_loss,
                         state.leaf_losses.TakeMean(count, parts_.collective));
  GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Prediction> validation, parts_.evaluation.Validation());
  ++state.position.epoch;
  state.position.batch = 0;
  GYRUS_RETURN_IF_ERROR(UpdateSelection(validation, done));
  done.set_train_loss(train_loss);
  done.set_learning_rate(parts_.step.learning_rate());
  for (v1::Prediction& p : validation) *done.add_validation() = std::move(p);
  return parts_.progress.Epoch(std::move(done));
}

absl::Status Epoch::UpdateSelection(const std::vector<v1::Prediction>& validation,
                                    v1::EpochDone& done) {
  const std::optional<double> loss = MeanLoss(validation);
  // There are no validation items, or no target of them is known.
  if (!loss.has_value()) return absl::OkStatus();
  TrainingState& state = parts_.state;
  const bool best = state.selection.Add(state.position.epoch, *loss);
  done.set_best(best);
  done.set_validation_loss(*loss);
  // Another epoch is the one to keep.
  if (!best && state.selection.kept_epoch() > 0) return absl::OkStatus();
  state.kept.validation_loss = *loss;
  state.kept.validation = validation;
  if (!best) return absl::OkStatus();  // The newest weights are the ones to keep.
  const bool kept_already = state.last_finite != nullptr &&
                            state.last_finite_position.epoch == state.position.epoch &&
                            state.last_finite_position.batch == 0;
  return CallTorch("keeping the weights of the best epoch", [&] {
    state.kept.weights = kept_already ? state.last_finite : SnapshotOf(WeightsOf(state.network));
  });
}

absl::Status Epoch::KeepLastFinite() {
  if (!IsRoot()) return absl::OkStatus();
  TrainingState& state = parts_.state;
  return CallTorch("keeping the weights of an epoch", [&] {
    const NamedTensors weights = WeightsOf(state.network);
    if (!AreFinite(weights)) return;
    state.last_finite = SnapshotOf(weights);
    state.last_finite_position = {state.position.epoch + 1, 0, state.position.step};
  });
}

}  // namespace gyrus
