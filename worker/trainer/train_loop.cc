#include "worker/trainer/train_loop.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/random.h"
#include "common/status.h"
#include "core/epoch/order.h"
#include "core/epoch/views.h"
#include "core/network/tensor_rules.h"
#include "models/torch_boundary.h"
#include "worker/trainer/augment.h"
#include "worker/trainer/failure.h"
#include "worker/trainer/initial_weights.h"
#include "worker/trainer/learning_rate.h"
#include "worker/trainer/predictor.h"
#include "worker/trainer/selected.h"

namespace gyrus {
namespace {

// Often enough to watch, seldom enough to cost nothing.
constexpr absl::Duration kStepReportInterval = absl::Seconds(1);

absl::string_view BytesOf(const torch::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

}  // namespace

NamedTensors WeightsOf(const Network& network) {
  NamedTensors weights;
  for (const auto& entry : network.named_parameters()) {
    weights[entry.key()] = entry.value().detach();
  }
  for (const auto& entry : network.named_buffers()) {
    // Not the counters: PyTorch makes them anew.
    if (entry.value().scalar_type() == torch::kFloat32) weights[entry.key()] = entry.value();
  }
  return weights;
}

TrainLoop::TrainLoop(TrainOptions options, TrainParts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      objective_(options_.trial, parts_.network.graph()),
      parameters_(ParameterNames(parts_.network.graph())),
      items_(ItemCount(options_.trial.train_items_size(), options_.trial.train_views())),
      batches_(items_, options_.trial.train().batch(), options_.trial.train().leaf(),
               parts_.collective.size()),
      optimizer_(MakeOptimizer(parts_.network, options_.trial.train().optimizer())),
      gradients_(parts_.network, parts_.collective, options_.sum_order),
      seen_(RecordsItemsSeen(items_)),
      checkpoints_(absl::StrCat(options_.folder, "/checkpoints")),
      not_finite_(parts_.network, parts_.collective),
      selection_(options_.trial.train()) {}

absl::Status TrainLoop::Run() {
  v1::Record started;
  started.mutable_started()->set_numeric_kind(options_.numeric_kind);
  GYRUS_RETURN_IF_ERROR(Report(std::move(started)));
  GYRUS_RETURN_IF_ERROR(PrepareExternal());
  QueueTraining(0);  // Before the weights, so that volumes come meanwhile.
  GYRUS_ASSIGN_OR_RETURN(
      transfer_, SetInitialWeights(options_.trial, options_.initial_weights, parts_.network));
  const v1::Train& train = options_.trial.train();
  if (train.ema() > 0) average_.emplace(parts_.network, train.ema());
  while (epochs_done_ < train.epochs() && !selection_.IsOver()) {
    GYRUS_RETURN_IF_ERROR(TrainEpoch(epochs_done_));
  }
  if (epochs_done_ < train.epochs()) {  // Stopped early: the next epoch is on its way.
    parts_.source.Drop();
    QueueTest();
  }
  GYRUS_RETURN_IF_ERROR(Select());
  return Finish();
}

absl::Status TrainLoop::PrepareExternal() {
  const std::vector<uint32_t> mine = ShardOf(options_.trial.external_items_size());
  parts_.source.Queue(v1::PURPOSE_EXTERNAL, 0, mine);
  for (size_t i = 0; i < mine.size(); ++i) GYRUS_RETURN_IF_ERROR(parts_.source.Next().status());
  return absl::OkStatus();
}

void TrainLoop::SetLearning(uint32_t epoch) {
  learning_rate_ = LearningRate(options_.trial.train(), epoch);
  rate_factors_ = RateFactors(parameters_, options_.trial.train(), epoch);
  std::vector<torch::Tensor> parameters = parts_.network.parameters();
  // What does not learn needs no gradient.
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].set_requires_grad(rate_factors_[i] > 0);
  }
}

void TrainLoop::QueueTraining(uint32_t epoch) {
  parts_.source.Queue(v1::PURPOSE_TRAIN, epoch, batches_.PositionsOfRank(parts_.collective.rank()));
}

void TrainLoop::QueueTest() {
  parts_.source.Queue(v1::PURPOSE_TEST, 0, ShardOf(options_.trial.test_items_size()));
  parts_.source.Queue(v1::PURPOSE_EXTERNAL, 0, ShardOf(options_.trial.external_items_size()));
}

absl::StatusOr<std::vector<v1::Prediction>> TrainLoop::Predict(
    const google::protobuf::RepeatedPtrField<v1::Item>& items) {
  return PredictAll(parts_.network, objective_, options_.trial, items, parts_.source,
                    parts_.collective);
}

std::vector<uint32_t> TrainLoop::ShardOf(int items) const {
  return ShardPositions(items, EvaluationBatch(options_.trial), parts_.collective.size(),
                        parts_.collective.rank());
}

absl::Status TrainLoop::TrainEpoch(uint32_t epoch) {
  const absl::Duration started = parts_.clock.Monotonic();
  steps_since_ = started;
  const v1::TrialSpec& trial = options_.trial;
  order_ = EpochOrder(trial.train().seed(), epoch, items_);
  // What comes after this epoch is asked for now, so that it is here in time.
  parts_.source.Queue(v1::PURPOSE_VALIDATION, epoch, ShardOf(trial.validation_items_size()));
  if (epoch + 1 < trial.train().epochs()) {
    QueueTraining(epoch + 1);
  } else {
    QueueTest();
  }
  SetLearning(epoch);
  if (average_.has_value()) average_->Restore();
  parts_.network.train();
  for (uint32_t batch = 0; batch < batches_.batches(); ++batch) {
    GYRUS_RETURN_IF_ERROR(TrainBatch(epoch, batch));
  }
  return FinishEpoch(epoch, started);
}

absl::Status TrainLoop::TrainBatch(uint32_t epoch, uint32_t batch) {
  const Range leaves = batches_.LeavesOf(batch, parts_.collective.rank());
  double loss_sum = 0;
  uint32_t items = 0;
  for (uint32_t leaf = leaves.begin; leaf < leaves.end; ++leaf) {
    const Range positions = batches_.PositionsOf(batch, leaf);
    GYRUS_ASSIGN_OR_RETURN(const double loss, TrainLeaf(epoch, positions));
    leaf_losses_.Add(positions.begin, loss);
    loss_sum += loss;
    items += positions.size();
    gradients_.PushLeaf();
  }
  float loss_of_all = static_cast<float>(loss_sum);
  GYRUS_ASSIGN_OR_RETURN(Gradients sums, gradients_.Finish(batches_.ranks_in(batch), loss_of_all));
  if (!std::isfinite(loss_of_all)) return not_finite_.Failure(step_);
  checkpoints_.WaitUntilCopied();
  GYRUS_RETURN_IF_ERROR(ApplyStatistics());
  GYRUS_RETURN_IF_ERROR(CallTorch(absl::StrCat("step ", step_), [&] {
    const uint32_t items = batches_.items_in(batch);
    const double clip_norm = options_.trial.train().clip_norm();
    if (clip_norm > 0) ClipNorm(clip_norm, items, sums);
    optimizer_->Step(learning_rate_, sums, items, rate_factors_);
    if (average_.has_value()) average_->Add();
  }));
  if (steps_.train_loss_size() == 0) steps_.set_first_step(step_);
  steps_.add_train_loss(items > 0 ? loss_sum / items : 0);
  steps_.set_items(steps_.items() + batches_.items_in(batch));
  ++step_;
  return ReportSteps(epoch, /*now=*/step_ == 1);  // So that one sees it has begun.
}

absl::StatusOr<Leaf> TrainLoop::LoadLeaf(uint32_t epoch, Range positions) {
  const v1::TrialSpec& trial = options_.trial;
  std::vector<torch::Tensor> volumes;
  std::vector<const v1::Item*> items;
  std::vector<std::string> names;
  for (uint32_t position = positions.begin; position < positions.end; ++position) {
    const View view = ViewAt(order_[position], trial.train_views());
    items.push_back(&trial.train_items(static_cast<int>(view.sample)));
    names.push_back(ItemName(items.back()->id(), view, trial.train_views()));
    GYRUS_ASSIGN_OR_RETURN(LoadedItem loaded, parts_.source.Next());
    if (loaded.position != position || loaded.item != names.back()) {
      return absl::InternalError(
          absl::StrCat("asked for position ", position, ", got ", loaded.position));
    }
    volumes.push_back(std::move(loaded.volume));
  }
  return CallTorch("preparing a leaf", [&] {
    for (size_t i = 0; i < volumes.size(); ++i) {
      volumes[i] = Augment(std::move(volumes[i]), trial.train().augment(), trial.train().seed(),
                           epoch, names[i])
                       .contiguous();
      // Digests are of all that is learnt from, labels too.
      seen_.Add(epoch, positions.begin + i, names[i], BytesOf(volumes[i]));
    }
    return MakeLeaf(trial, items, std::move(volumes));
  });
}

absl::StatusOr<double> TrainLoop::TrainLeaf(uint32_t epoch, Range positions) {
  GYRUS_ASSIGN_OR_RETURN(const Leaf leaf, LoadLeaf(epoch, positions));
  parts_.network.Reseed(RandomStream(options_.trial.train().seed(),
                                     absl::StrCat("dropout/", epoch, "/", positions.begin))
                            .NextUint32());
  const std::string doing = absl::StrCat("step ", step_, " of epoch ", epoch);
  GYRUS_ASSIGN_OR_RETURN(
      const double loss, CallTorch(doing, [&]() -> double {
        const Outputs outputs = parts_.network.Forward(leaf.volumes, leaf.covariates);
        const torch::Tensor sum = objective_.Losses(outputs, leaf.targets, leaf.volumes).sum();
        sum.backward();
        const torch::Tensor statistics = parts_.network.TakeStatistics();
        if (statistics.defined()) absl::StrAppend(&leaf_statistics_, BytesOf(statistics));
        return sum.item<float>();
      }));
  GYRUS_RETURN_IF_ERROR(not_finite_.CheckLoss(loss, doing, leaf));
  return loss;
}

absl::Status TrainLoop::ApplyStatistics() {
  const int64_t length = parts_.network.StatisticsLength();
  if (length == 0) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const auto ranks,
                         parts_.collective.AllGatherBytes(std::exchange(leaf_statistics_, {})));
  // Ranks hold the leaves of a batch in its order: one after the other, as one
  // rank would have seen them.
  const std::string all = absl::StrJoin(ranks, "");
  return CallTorch("moving running means", [&] {
    torch::Tensor leaves = torch::empty({static_cast<int64_t>(all.size() / sizeof(float))});
    std::memcpy(leaves.mutable_data_ptr(), all.data(), all.size());
    for (const torch::Tensor& leaf : leaves.split(length)) parts_.network.ApplyStatistics(leaf);
  });
}

absl::Status TrainLoop::ReportSteps(uint32_t epoch, bool now) {
  const absl::Duration time = parts_.clock.Monotonic();
  if (steps_.train_loss_size() == 0 || (!now && time - steps_since_ < kStepReportInterval)) {
    return absl::OkStatus();
  }
  steps_.set_epoch(epoch);
  steps_.set_seconds(absl::ToDoubleSeconds(time - steps_since_));
  steps_since_ = time;
  v1::Record record;
  *record.mutable_steps() = std::exchange(steps_, {});
  return IsRoot() ? Report(std::move(record)) : absl::OkStatus();
}

v1::Checkpoint TrainLoop::CheckpointHead(uint32_t epochs_done) const {
  v1::Checkpoint head;
  head.set_format_version(1);
  *head.mutable_trial() = options_.trial;
  head.set_attempt(options_.attempt);
  head.set_epoch(epochs_done);
  head.set_step(step_);
  head.set_numeric_kind(options_.numeric_kind);
  if (!options_.initial_weights.empty()) *head.mutable_transfer() = transfer_;
  return head;
}

absl::Status TrainLoop::BeginCheckpoint() {
  std::set<uint32_t> keep;
  if (selection_.kept_epoch() > 0) keep.insert(selection_.kept_epoch());
  NamedTensors state = optimizer_->State();
  if (average_.has_value()) state.merge(average_->Shadow());
  return checkpoints_.Begin(CheckpointHead(epochs_done_), WeightsOf(parts_.network),
                            std::move(state), std::move(keep));
}

// Says whether the epoch is the one to keep so far, and then keeps it.
void TrainLoop::UpdateSelection(const std::vector<v1::Prediction>& validation,
                                v1::EpochDone& done) {
  const std::optional<double> mean = MeanLoss(validation);
  if (!mean.has_value()) return;  // Nothing is known of them.
  const double loss = *mean;
  const bool best = selection_.Add(epochs_done_, loss);
  done.set_best(best);
  if (IsRoot()) done.set_validation_loss(loss);
  if (!best && selection_.kept_epoch() > 0) return;  // Another epoch is the one to keep.
  kept_loss_ = loss;
  kept_validation_ = validation;
  // The last epoch's stay as they are.
  if (best && epochs_done_ < options_.trial.train().epochs()) KeepWeights();
}

absl::Status TrainLoop::FinishEpoch(uint32_t epoch, absl::Duration started) {
  GYRUS_RETURN_IF_ERROR(ReportSteps(epoch, /*now=*/true));
  epochs_done_ = epoch + 1;
  // What is kept, validated and tested is the average, where there is one.
  if (average_.has_value()) average_->Swap();
  if (IsRoot()) GYRUS_RETURN_IF_ERROR(BeginCheckpoint());
  v1::Record record;
  v1::EpochDone& done = *record.mutable_epoch();
  done.set_epoch(epoch);
  for (v1::SeenItem& visit : seen_.Take()) *done.add_items_seen() = std::move(visit);
  GYRUS_ASSIGN_OR_RETURN(const double train_loss, leaf_losses_.TakeMean(items_, parts_.collective));
  GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Prediction> validation,
                         Predict(options_.trial.validation_items()));
  if (!validation.empty()) UpdateSelection(validation, done);
  if (IsRoot()) {
    done.set_train_loss(train_loss);
    done.set_learning_rate(learning_rate_);
    done.set_seconds(absl::ToDoubleSeconds(parts_.clock.Monotonic() - started));
    for (v1::Prediction& p : validation) *done.add_validation() = std::move(p);
  }
  return Report(std::move(record));
}

void TrainLoop::KeepWeights() {
  const torch::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : WeightsOf(parts_.network)) {
    torch::Tensor& kept = kept_weights_[name];
    if (kept.defined()) {
      kept.copy_(tensor);
    } else {
      kept = tensor.clone();
    }
  }
}

absl::Status TrainLoop::Select() {
  GYRUS_RETURN_IF_ERROR(checkpoints_.Wait());
  GYRUS_RETURN_IF_ERROR(CheckRanksAgree());
  GYRUS_RETURN_IF_ERROR(
      CheckWeightsFinite(WeightsOf(parts_.network)));  // All ranks alike: they agree.
  if (SelectedEpoch() == epochs_done_) return absl::OkStatus();
  const torch::NoGradGuard no_gradient;
  for (auto& [name, tensor] : WeightsOf(parts_.network)) tensor.copy_(kept_weights_.at(name));
  return absl::OkStatus();
}

uint32_t TrainLoop::SelectedEpoch() const {
  return selection_.kept_epoch() > 0 ? selection_.kept_epoch() : epochs_done_;
}

absl::Status TrainLoop::CheckRanksAgree() {
  Sha256 digest;
  for (const auto& [name, tensor] : WeightsOf(parts_.network)) {
    digest.UpdateField(Xxh3Of(BytesOf(tensor)));
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

absl::Status TrainLoop::Finish() {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> test,
                         Predict(options_.trial.test_items()));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> external,
                         Predict(options_.trial.external_items()));
  v1::Record record;
  v1::TrainerFinished& finished = *record.mutable_finished();
  finished.set_seen_digest(seen_.Finish());
  finished.set_served_set_digest(parts_.source.ServedSetDigest());
  if (IsRoot()) {
    finished.set_selected_epoch(SelectedEpoch());
    v1::Checkpoint head = CheckpointHead(SelectedEpoch());
    head.set_step(SelectedEpoch() * batches_.batches());
    if (kept_loss_.has_value()) head.set_validation_loss(*kept_loss_);
    for (const v1::Prediction& p : kept_validation_.empty() ? test : kept_validation_) {
      *head.add_golden() = p;
    }
    GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Artifact> artifacts,
                           WriteSelected(options_.folder, std::move(head), test, external));
    for (v1::Artifact& artifact : artifacts) *finished.add_artifacts() = std::move(artifact);
  }
  return Report(std::move(record));
}

}  // namespace gyrus
