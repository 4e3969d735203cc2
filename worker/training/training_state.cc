#include "worker/training/training_state.h"

#include <utility>

#include "common/status.h"
#include "models/torch_boundary.h"
#include "worker/training/initial_weights.h"

namespace gyrus {
namespace {

constexpr absl::string_view kAverage = "average/";

bool IsOfAverage(const std::string& name) {
  return absl::string_view(name).substr(0, kAverage.size()) == kAverage;
}

// Moves the tensors of the average out of those of the optimiser.
NamedTensors TakeAverage(NamedTensors& tensors) {
  NamedTensors average;
  for (auto it = tensors.begin(); it != tensors.end();) {
    const auto next = std::next(it);
    if (IsOfAverage(it->first)) average.insert(tensors.extract(it));
    it = next;
  }
  return average;
}

v1::KeptEpoch ToProto(const KeptEpoch& kept) {
  v1::KeptEpoch proto;
  if (kept.validation_loss.has_value()) proto.set_validation_loss(*kept.validation_loss);
  proto.mutable_validation()->Add(kept.validation.begin(), kept.validation.end());
  return proto;
}

}  // namespace

TrainingState::TrainingState(const v1::TrialSpec& trial, Network& network)
    : trial(trial),
      network(network),
      optimizer(MakeOptimizer(network, trial.train().optimizer())),
      selection(trial.train()) {}

absl::Status TrainingState::Initialise(const std::string& file) {
  GYRUS_ASSIGN_OR_RETURN(transfer, SetInitialWeights(trial, file, network));
  if (!(trial.train().ema() > 0)) return absl::OkStatus();
  // The average begins with these weights.
  return CallTorch("copying initial weights",
                   [&] { average.emplace(network, trial.train().ema()); });
}

absl::StatusOr<SavedTraining> TrainingState::Save(Collective& collective) const {
  v1::RankShare mine;
  mine.set_open_seen(seen.Pack());
  mine.set_open_leaf_losses(leaf_losses.Pack());
  served.AppendTo(*mine.mutable_served());
  GYRUS_ASSIGN_OR_RETURN(const auto shares, collective.AllGatherBytes(mine.SerializeAsString()));
  SavedTraining saved;
  if (collective.rank() != 0) return saved;
  v1::ResumeState& state = saved.state;
  state.set_epoch(position.epoch);
  state.set_batch(position.batch);
  state.set_step(position.step);
  *state.mutable_selection() = selection.Save();
  *state.mutable_kept() = ToProto(kept);
  state.set_seen_digest(seen.digest());
  ServedSet all_served;
  for (const std::string& bytes : shares) {
    v1::RankShare share;
    if (!share.ParseFromString(bytes)) return absl::InternalError("a rank sent no share");
    state.mutable_open_seen()->append(share.open_seen());
    state.mutable_open_leaf_losses()->append(share.open_leaf_losses());
    all_served.Add(share.served());
  }
  all_served.AppendTo(*state.mutable_served());
  *state.mutable_transfer() = transfer;
  saved.weights = WeightsOf(network);
  saved.optimizer = optimizer->State();
  if (average.has_value()) {
    state.set_average_steps(average->steps());
    saved.optimizer.merge(average->Average());
    for (auto& [name, tensor] : average->Own()) saved.weights[name] = std::move(tensor);
  }
  if (kept.weights != nullptr) saved.kept = *kept.weights;
  return saved;
}

absl::Status TrainingState::CheckFits(const SavedTraining& saved) const {
  return CallTorch("looking at a checkpoint", [&]() -> absl::Status {
    GYRUS_RETURN_IF_ERROR(CheckSameShapes(saved.weights, WeightsOf(network)));
    if (!saved.kept.empty()) {
      GYRUS_RETURN_IF_ERROR(CheckSameShapes(saved.kept, WeightsOf(network)));
    }
    NamedTensors of_optimizer = saved.optimizer;
    const NamedTensors of_average = TakeAverage(of_optimizer);
    if (of_average.empty() != !(trial.train().ema() > 0)) {
      return absl::DataLossError("the average of the weights is missing");
    }
    if (!of_average.empty()) {
      GYRUS_RETURN_IF_ERROR(
          CheckSameShapes(of_average, WeightAverage(network, trial.train().ema()).Average()));
    }
    return MakeOptimizer(network, trial.train().optimizer())->LoadState(of_optimizer);
  });
}

absl::Status TrainingState::Load(const SavedTraining& saved, bool whole) {
  const v1::ResumeState& state = saved.state;
  position = {state.epoch(), state.batch(), state.step()};
  selection.Load(state.selection());
  kept = {};
  if (state.kept().has_validation_loss()) kept.validation_loss = state.kept().validation_loss();
  kept.validation.assign(state.kept().validation().begin(), state.kept().validation().end());
  transfer = state.transfer();
  GYRUS_RETURN_IF_ERROR(seen.Load(state.seen_digest(), whole ? state.open_seen() : ""));
  if (whole) {
    served.Add(state.served());
    GYRUS_RETURN_IF_ERROR(leaf_losses.Unpack(state.open_leaf_losses()));
  }
  return CallTorch("loading a training", [&]() -> absl::Status {
    GYRUS_RETURN_IF_ERROR(Annotate(CopyTensors(saved.weights, WeightsOf(network)), "weights"));
    NamedTensors of_optimizer = saved.optimizer;
    const NamedTensors of_average = TakeAverage(of_optimizer);
    GYRUS_RETURN_IF_ERROR(optimizer->LoadState(of_optimizer));
    if (trial.train().ema() > 0) {
      average.emplace(network, trial.train().ema());
      GYRUS_RETURN_IF_ERROR(average->Load(of_average, state.average_steps()));
    }
    if (!saved.kept.empty()) kept.weights = SnapshotOf(saved.kept);
    if (whole && AreFinite(saved.weights)) {
      last_finite = SnapshotOf(saved.weights);
      last_finite_position = position;
    }
    return absl::OkStatus();
  });
}

uint32_t TrainingState::SelectedEpoch() const {
  return selection.kept_epoch() > 0 ? selection.kept_epoch() : position.epoch;
}

bool TrainingState::IsOver() const {
  return position.epoch >= trial.train().epochs() || selection.IsOver();
}

void TrainingState::UseEvaluatedWeights() {
  if (average.has_value()) average->Swap();
}

void TrainingState::UseTrainedWeights() {
  if (average.has_value()) average->Restore();
}

}  // namespace gyrus
