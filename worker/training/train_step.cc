#include "worker/training/train_step.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/random.h"
#include "common/status.h"
#include "core/network/tensor_rules.h"
#include "models/torch_boundary.h"
#include "worker/training/augment.h"
#include "worker/training/learning_rate.h"

namespace gyrus {
namespace {

absl::string_view BytesOf(const torch::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

}  // namespace

TrainStep::TrainStep(TrainingState& state, Collective& collective, ItemSource& source,
                     const Objective& objective, const EpochBatches& batches, SumOrder order)
    : state_(state),
      collective_(collective),
      source_(source),
      objective_(objective),
      batches_(batches),
      gradients_(state.network, collective, order),
      not_finite_(state.network, collective),
      parameters_(ParameterNames(state.network.graph())) {}

void TrainStep::BeginEpoch(uint32_t epoch) {
  learning_rate_ = LearningRate(state_.trial.train(), epoch);
  rate_factors_ = RateFactors(parameters_, state_.trial.train(), epoch);
  std::vector<torch::Tensor> parameters = state_.network.parameters();
  // A frozen parameter needs no gradient.
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].set_requires_grad(rate_factors_[i] > 0);
  }
}

absl::StatusOr<StepOutcome> TrainStep::Run(const TrainingItems& items, bool wants_checkpoint,
                                           absl::FunctionRef<void()> before_update) {
  const uint32_t batch = state_.position.batch;
  const Range leaves = batches_.LeavesOf(batch, collective_.rank());
  double loss_sum = 0;
  uint32_t own_items = 0;
  for (uint32_t leaf = leaves.begin; leaf < leaves.end; ++leaf) {
    const Range positions = batches_.PositionsOf(batch, leaf);
    GYRUS_ASSIGN_OR_RETURN(const double loss, TrainLeaf(items, positions));
    state_.leaf_losses.Add(positions.begin, loss);
    loss_sum += loss;
    own_items += positions.size();
    gradients_.PushLeaf();
  }
  StepTotals totals = {.loss = static_cast<float>(loss_sum),
                       .checkpoints = collective_.rank() == 0 && wants_checkpoint ? 1.0F : 0.0F};
  GYRUS_ASSIGN_OR_RETURN(Gradients sums, gradients_.Finish(batches_.ranks_in(batch), totals));
  if (!std::isfinite(totals.loss)) return not_finite_.Failure(state_.position.step);
  before_update();
  GYRUS_RETURN_IF_ERROR(ApplyStatistics());
  GYRUS_RETURN_IF_ERROR(Update(std::move(sums), batches_.items_in(batch)));
  ++state_.position.batch;
  ++state_.position.step;
  return StepOutcome{.loss = own_items > 0 ? loss_sum / own_items : 0,
                     .items = batches_.items_in(batch),
                     .checkpoint = totals.checkpoints > 0};
}

absl::Status TrainStep::Update(Gradients sums, uint32_t items) {
  return CallTorch(absl::StrCat("step ", state_.position.step), [&] {
    const double clip_norm = state_.trial.train().clip_norm();
    if (clip_norm > 0) ClipNorm(clip_norm, items, sums);
    state_.optimizer->Step(learning_rate_, sums, items, rate_factors_);
    if (state_.average.has_value()) state_.average->Add();
  });
}

absl::StatusOr<Leaf> TrainStep::LoadLeaf(const TrainingItems& items, Range positions) {
  const v1::TrialSpec& trial = state_.trial;
  std::vector<torch::Tensor> volumes;
  std::vector<const v1::Item*> samples;
  std::vector<std::string> names;
  for (uint32_t position = positions.begin; position < positions.end; ++position) {
    samples.push_back(&items.Sample(position));
    names.push_back(items.Name(position));
    GYRUS_ASSIGN_OR_RETURN(LoadedItem loaded, source_.Next());
    if (loaded.position != position || loaded.item != names.back()) {
      return absl::InternalError(
          absl::StrCat("asked for position ", position, ", got ", loaded.position));
    }
    volumes.push_back(std::move(loaded.volume));
  }
  return CallTorch("preparing a leaf", [&] {
    for (size_t i = 0; i < volumes.size(); ++i) {
      volumes[i] = Augment(std::move(volumes[i]), trial.train().augment(), trial.train().seed(),
                           state_.position.epoch, names[i])
                       .contiguous();
      // Digests are of all that is learnt from, labels too.
      state_.seen.Add(positions.begin + i, BytesOf(volumes[i]));
    }
    return MakeLeaf(trial, samples, std::move(volumes), state_.network.device());
  });
}

absl::StatusOr<double> TrainStep::TrainLeaf(const TrainingItems& items, Range positions) {
  GYRUS_ASSIGN_OR_RETURN(const Leaf leaf, LoadLeaf(items, positions));
  const TrainingPosition& at = state_.position;
  Network& network = state_.network;
  network.Reseed(RandomStream(state_.trial.train().seed(),
                              absl::StrCat("dropout/", at.epoch, "/", positions.begin))
                     .NextUint32());
  const std::string doing = absl::StrCat("step ", at.step, " of epoch ", at.epoch);
  GYRUS_ASSIGN_OR_RETURN(
      const double loss, CallTorch(doing, [&]() -> double {
        const Outputs outputs = network.Forward(leaf.volumes, leaf.covariates);
        const torch::Tensor sum = objective_.Losses(outputs, leaf.targets, leaf.volumes).sum();
        sum.backward();
        const torch::Tensor statistics = network.TakeStatistics();
        if (statistics.defined()) {
          absl::StrAppend(&leaf_statistics_, BytesOf(network.device().ToHost(statistics)));
        }
        return sum.item<float>();
      }));
  GYRUS_RETURN_IF_ERROR(not_finite_.CheckLoss(loss, doing, leaf));
  return loss;
}

absl::Status TrainStep::ApplyStatistics() {
  Network& network = state_.network;
  const int64_t length = network.StatisticsLength();
  if (length == 0) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const auto ranks,
                         collective_.AllGatherBytes(std::exchange(leaf_statistics_, {})));
  // Ranks hold the leaves of a batch in its order: one after the other, as one
  // rank would have seen them.
  const std::string all = absl::StrJoin(ranks, "");
  return CallTorch("moving running means", [&] {
    torch::Tensor leaves = torch::empty({static_cast<int64_t>(all.size() / sizeof(float))});
    std::memcpy(leaves.mutable_data_ptr(), all.data(), all.size());
    leaves = network.device().FromHost(leaves);
    for (const torch::Tensor& leaf : leaves.split(length)) network.ApplyStatistics(leaf);
  });
}

}  // namespace gyrus
