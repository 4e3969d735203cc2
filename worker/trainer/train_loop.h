// One rank of one attempt, from first weights to test predictions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
#include "models/weights/safetensors.h"
#include "worker/collective/collective.h"
#include "worker/trainer/checkpoint_writer.h"
#include "worker/trainer/gradient_sum.h"
#include "worker/trainer/item_source.h"
#include "worker/trainer/leaf.h"
#include "worker/trainer/leaf_losses.h"
#include "worker/trainer/not_finite.h"
#include "worker/trainer/optimizer.h"
#include "worker/trainer/seen_log.h"
#include "worker/trainer/selection.h"
#include "worker/trainer/weight_average.h"

namespace gyrus {

struct TrainOptions {
  v1::TrialSpec trial;
  uint32_t attempt = 1;
  std::string numeric_kind;
  // Where checkpoints/ and selected/ go.
  std::string folder;
  // A file of weights that trial.init names; empty: all are drawn.
  std::string initial_weights = {};
  SumOrder sum_order = SumOrder::kTree;
};

// What the loop works with; all outlive it.
struct TrainParts {
  Network& network;  // Run sets its weights first.
  Collective& collective;
  ItemSource& source;
  std::function<absl::Status(v1::Record)> report;
  const Clock& clock;
};

// Trains, validates, selects, predicts the test items; reports each through
// `report`. Knows no gRPC. All ranks run the same loop and end with the same
// bits; rank 0 writes the files. One thread.
class TrainLoop {
 public:
  TrainLoop(TrainOptions options, TrainParts parts);

  // Errors are those of the parts; besides:
  //  * OUT_OF_RANGE, shared by all ranks (failure.h): a loss, weight or prediction
  //    is not finite; names step and tensor, or the item.
  //  * DATA_LOSS: ranks ended with different weights.
  //  * INVALID_ARGUMENT: first weights that do not fit; patterns of
  //    train.freeze, train.rates or init.skip that name nothing.
  absl::Status Run();

 private:
  // Reads each external item once: they are first predicted after all the training,
  // and what is wrong with a file should show before.
  absl::Status PrepareExternal();
  void SetLearning(uint32_t epoch);
  absl::Status TrainEpoch(uint32_t epoch);
  absl::Status TrainBatch(uint32_t epoch, uint32_t batch);
  absl::StatusOr<double> TrainLeaf(uint32_t epoch, Range positions);
  absl::Status ApplyStatistics();
  absl::StatusOr<Leaf> LoadLeaf(uint32_t epoch, Range positions);
  absl::Status FinishEpoch(uint32_t epoch, absl::Duration started);
  absl::Status BeginCheckpoint();
  void UpdateSelection(const std::vector<v1::Prediction>& validation, v1::EpochDone& done);
  uint32_t SelectedEpoch() const;
  absl::Status ReportSteps(uint32_t epoch, bool now);
  void QueueTraining(uint32_t epoch);
  void QueueTest();  // And what is external.
  // This rank's positions of as many items that are predicted.
  std::vector<uint32_t> ShardOf(int items) const;
  absl::StatusOr<std::vector<v1::Prediction>> Predict(
      const google::protobuf::RepeatedPtrField<v1::Item>& items);

  void KeepWeights();
  absl::Status Select();
  absl::Status Finish();
  absl::Status CheckRanksAgree();
  absl::Status Report(v1::Record record) { return parts_.report(std::move(record)); }
  v1::Checkpoint CheckpointHead(uint32_t epochs_done) const;
  bool IsRoot() const { return parts_.collective.rank() == 0; }

  const TrainOptions options_;
  TrainParts parts_;
  const Objective objective_;
  const std::vector<std::string> parameters_;  // Their names.
  const uint32_t items_;                       // Of an epoch.
  const EpochBatches batches_;
  const std::unique_ptr<Optimizer> optimizer_;
  std::optional<WeightAverage> average_;  // From the first weights on, where asked for.
  GradientSum gradients_;
  SeenLog seen_;
  CheckpointWriter checkpoints_;

  std::vector<uint32_t> order_;  // Items of the epoch, by position.
  double learning_rate_ = 0;
  std::vector<double> rate_factors_;
  v1::TransferReport transfer_;  // Empty where all weights were drawn.
  uint32_t step_ = 0;
  std::string leaf_statistics_;  // Of batch norms, of this rank's leaves of a batch.
  LeafLosses leaf_losses_;
  NotFiniteLoss not_finite_;
  v1::StepsDone steps_;
  absl::Duration steps_since_;

  Selection selection_;
  uint32_t epochs_done_ = 0;
  // Of the epoch that is to be kept.
  std::optional<double> kept_loss_;
  std::vector<v1::Prediction> kept_validation_;
  NamedTensors kept_weights_;  // Copies; not of the last epoch, whose are there.
};

// Names and tensors of the parameters and of running means, views of the live
// ones.
NamedTensors WeightsOf(const Network& network);

}  // namespace gyrus
