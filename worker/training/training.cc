#include "worker/training/training.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/status.h"
#include "core/epoch/views.h"
#include "models/torch_boundary.h"
#include "worker/training/not_finite.h"
#include "worker/training/resumption.h"
#include "worker/training/selected.h"

namespace gyrus {

Training::Training(TrainingOptions options, TrainingParts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      objective_(options_.trial, parts_.network.graph(), parts_.network.device()),
      batches_(ItemCount(options_.trial.train_items_size(), options_.trial.train_views()),
               options_.trial.train().batch(), options_.trial.train().leaf(),
               parts_.collective.size()),
      state_(options_.trial, parts_.network),
      source_(parts_.source, state_.served),
      progress_(IsRoot(), parts_.report, parts_.clock),
      evaluation_(options_.trial, parts_.network, objective_, source_, parts_.collective),
      step_(state_, parts_.collective, source_, objective_, batches_, options_.sum_order),
      epoch_({.state = state_,
              .collective = parts_.collective,
              .source = source_,
              .evaluation = evaluation_,
              .step = step_,
              .progress = progress_,
              .batches = batches_,
              .store = parts_.store}) {}

absl::Status Training::Run() {
  GYRUS_RETURN_IF_ERROR(Begin());
  const bool was_over = state_.IsOver();
  while (!state_.IsOver()) GYRUS_RETURN_IF_ERROR(epoch_.Run());
  if (was_over) {
    evaluation_.QueueTest();
  } else if (state_.position.epoch < options_.trial.train().epochs()) {
    source_.Drop();  // It ended early: the next epoch is on its way.
    evaluation_.QueueTest();
  }
  // So that nothing is trained again if this process ends before it has reported.
  if (!was_over) GYRUS_RETURN_IF_ERROR(epoch_.SaveCheckpoint());
  GYRUS_RETURN_IF_ERROR(Select());
  return Finish();
}

absl::Status Training::Begin() {
  GYRUS_ASSIGN_OR_RETURN(Resumption resumption,
                         Resumption::Agree(parts_.collective, parts_.store, state_));
  v1::TrainerStarted started;
  started.set_numeric_kind(options_.numeric_kind);
  started.set_resumed_step(resumption.step());
  if (!resumption.resumes() && options_.attempt > 1) {
    started.set_restart_reason(resumption.reason());
  }
  GYRUS_RETURN_IF_ERROR(progress_.Started(std::move(started)));
  GYRUS_RETURN_IF_ERROR(evaluation_.CheckExternal());
  const TrainingPosition from = resumption.position();
  // Before the weights, so that volumes come meanwhile.
  if (from.epoch < options_.trial.train().epochs()) epoch_.QueueTraining(from.epoch, from.batch);
  if (resumption.resumes()) {
    GYRUS_RETURN_IF_ERROR(resumption.Load(parts_.collective, state_));
    if (IsRoot()) {
      LogInfo(absl::StrCat(options_.trial.trial_id(), ": continues after step ", from.step));
    }
    if (state_.IsOver()) source_.Drop();
    return absl::OkStatus();
  }
  std::string weights;
  if (options_.fetch_initial_weights) {
    GYRUS_ASSIGN_OR_RETURN(weights, options_.fetch_initial_weights());
  }
  return state_.Initialise(weights);
}

absl::Status Training::Select() {
  state_.UseEvaluatedWeights();
  GYRUS_RETURN_IF_ERROR(CheckRanksAgree());
  // All ranks find the same: they agree.
  GYRUS_RETURN_IF_ERROR(CheckWeightsFinite(WeightsOf(state_.network)));
  if (state_.kept.weights == nullptr) return absl::OkStatus();
  // Above, a checkpoint of the last weights may have begun.
  if (parts_.store != nullptr) parts_.store->WaitUntilCopied();
  return CallTorch("selecting weights",
                   [this] { return CopyTensors(*state_.kept.weights, WeightsOf(state_.network)); });
}

absl::Status Training::CheckRanksAgree() {
  Sha256 digest;
  for (const auto& [name, tensor] : WeightsOf(state_.network)) {
    const torch::Tensor host = state_.network.device().ToHost(tensor);
    digest.UpdateField(Xxh3Of({static_cast<const char*>(host.const_data_ptr()), host.nbytes()}));
  }
  GYRUS_ASSIGN_OR_RETURN(const auto all, parts_.collective.AllGatherBytes(digest.Finish()));
  for (size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] != all[0]) {
      return absl::DataLossError(
          absl::StrCat("rank ", rank, " ended with other weights than rank 0"));
    }
  }
  return absl::OkStatus();
}

v1::Checkpoint Training::HeadAt(uint32_t epochs, uint32_t step) const {
  v1::Checkpoint head;
  head.set_format_version(1);
  *head.mutable_trial() = options_.trial;
  head.set_attempt(options_.attempt);
  head.set_epoch(epochs);
  head.set_step(step);
  head.set_numeric_kind(options_.numeric_kind);
  if (state_.transfer.tensors_size() > 0) *head.mutable_transfer() = state_.transfer;
  return head;
}

absl::StatusOr<std::vector<v1::Artifact>> Training::WriteLastFinite() const {
  if (state_.last_finite == nullptr) return std::vector<v1::Artifact>();
  const TrainingPosition& at = state_.last_finite_position;
  return gyrus::WriteLastFinite(options_.folder, {.tensors = *state_.last_finite,
                                                  .device = state_.network.device(),
                                                  .head = HeadAt(at.epoch, at.step)});
}

absl::Status Training::Finish() {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> test, evaluation_.Test());
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> external, evaluation_.External());
  v1::TrainerFinished finished;
  finished.set_seen_digest(state_.seen.digest());
  GYRUS_ASSIGN_OR_RETURN(*finished.mutable_served_set_digest(),
                         state_.served.DigestOfAllRanks(parts_.collective));
  if (!IsRoot()) return progress_.Finished(std::move(finished));
  const uint32_t epoch = state_.SelectedEpoch();
  finished.set_selected_epoch(epoch);
  v1::Checkpoint head = HeadAt(epoch, epoch * batches_.batches());
  const KeptEpoch& kept = state_.kept;
  if (kept.validation_loss.has_value()) head.set_validation_loss(*kept.validation_loss);
  for (const v1::Prediction& p : kept.validation.empty() ? test : kept.validation) {
    *head.add_golden() = p;
  }
  const NamedTensors weights = WeightsOf(state_.network);
  GYRUS_ASSIGN_OR_RETURN(
      std::vector<v1::Artifact> artifacts,
      WriteSelected(options_.folder,
                    {.tensors = weights, .device = state_.network.device(), .head = head}, test,
                    external));
  for (v1::Artifact& artifact : artifacts) *finished.add_artifacts() = std::move(artifact);
  if (parts_.store != nullptr) parts_.store->Wait();
  GYRUS_RETURN_IF_ERROR(epoch_.ReportCheckpoint());
  return progress_.Finished(std::move(finished));
}

}  // namespace gyrus
