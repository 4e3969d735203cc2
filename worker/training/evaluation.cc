#include "worker/training/evaluation.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/epoch/batches.h"
#include "models/torch_boundary.h"
#include "worker/training/failure.h"
#include "worker/training/leaf.h"

namespace gyrus {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::Item>;

// One forward pass over the next `positions` of `items`; a row of scores each.
absl::StatusOr<std::string> PredictNext(Network& network, const Objective& objective,
                                        const v1::TrialSpec& trial, const Items& items,
                                        absl::Span<const uint32_t> positions, ItemSource& source) {
  std::vector<torch::Tensor> volumes;
  std::vector<const v1::Item*> loaded_items;
  std::string last;
  for (const uint32_t position : positions) {
    GYRUS_ASSIGN_OR_RETURN(LoadedItem loaded, source.Next());
    volumes.push_back(std::move(loaded.volume));
    loaded_items.push_back(&items[static_cast<int>(position)]);
    last = std::move(loaded.item);
  }
  return CallTorch(absl::StrCat("predicting ", positions.size(), " items up to ", last), [&] {
    const Leaf leaf = MakeLeaf(trial, loaded_items, std::move(volumes), network.device());
    const torch::Tensor scores = network.device().ToHost(objective.Scores(
        network.Forward(leaf.volumes, leaf.covariates), leaf.targets, leaf.volumes));
    return std::string(static_cast<const char*>(scores.const_data_ptr()), scores.nbytes());
  });
}

// Finds the scores of item `item` in the bytes that the ranks gathered. Groups of
// `leaf` items are assigned to the ranks in turn (ShardPositions).
absl::StatusOr<std::vector<float>> ScoresOf(int item, uint32_t leaf, size_t width,
                                            const std::vector<std::string>& ranks) {
  const uint32_t group = item / leaf;
  const std::string& bytes = ranks[group % ranks.size()];
  std::vector<float> scores(width);
  const size_t size = width * sizeof(float);
  const size_t at = (group / ranks.size() * leaf + item % leaf) * size;
  if (bytes.size() % size != 0 || at + size > bytes.size()) {
    return absl::InternalError("a rank gave other predictions than it has items");
  }
  std::memcpy(scores.data(), bytes.data() + at, size);
  return scores;
}

// All ranks have all predictions, so all of them fail with the same error.
absl::Status CheckFinite(const v1::Prediction& prediction) {
  bool finite = std::isfinite(prediction.prediction()) && std::isfinite(prediction.loss()) &&
                std::isfinite(prediction.reconstruction_error());
  for (const double p : prediction.probabilities()) finite = finite && std::isfinite(p);
  if (finite) return absl::OkStatus();
  return MarkShared(absl::OutOfRangeError(absl::StrCat("the prediction of ", prediction.item(),
                                                       " is ", prediction.prediction(),
                                                       ", its loss ", prediction.loss())));
}

}  // namespace

uint32_t EvaluationBatch(const v1::TrialSpec& trial) {
  return trial.train_views().count() > 0 ? 1 : trial.train().leaf();
}

absl::StatusOr<std::vector<v1::Prediction>> PredictAll(Network& network, const Objective& objective,
                                                       const v1::TrialSpec& trial,
                                                       const Items& items, ItemSource& source,
                                                       Collective& collective) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  const uint32_t leaf = EvaluationBatch(trial);
  const auto positions = ShardPositions(items.size(), leaf, collective.size(), collective.rank());
  // Each rank sends its scores as bytes and gets those of all ranks. Every rank then has
  // the same predictions, and no rank has to be asked later.
  std::string mine;
  for (size_t i = 0; i < positions.size(); i += leaf) {
    GYRUS_ASSIGN_OR_RETURN(const std::string scores,
                           PredictNext(network, objective, trial, items,
                                       absl::MakeConstSpan(positions).subspan(i, leaf), source));
    mine += scores;
  }
  GYRUS_ASSIGN_OR_RETURN(const auto all, collective.AllGatherBytes(mine));
  std::vector<v1::Prediction> predictions;
  for (int i = 0; i < items.size(); ++i) {
    GYRUS_ASSIGN_OR_RETURN(const std::vector<float> scores,
                           ScoresOf(i, leaf, objective.scores_per_item(), all));
    predictions.push_back(objective.ReadScores(items[i], scores));
    GYRUS_RETURN_IF_ERROR(CheckFinite(predictions.back()));
  }
  return predictions;
}

void Evaluation::QueueValidation(uint32_t epoch) {
  source_.Queue(v1::PURPOSE_VALIDATION, epoch, ShareOf(trial_.validation_items()));
}

void Evaluation::QueueTest() {
  source_.Queue(v1::PURPOSE_TEST, 0, ShareOf(trial_.test_items()));
  source_.Queue(v1::PURPOSE_EXTERNAL, 0, ShareOf(trial_.external_items()));
}

absl::Status Evaluation::CheckExternal() {
  const std::vector<uint32_t> mine = ShareOf(trial_.external_items());
  source_.Queue(v1::PURPOSE_EXTERNAL, 0, mine);
  for (size_t i = 0; i < mine.size(); ++i) GYRUS_RETURN_IF_ERROR(source_.Next().status());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Prediction>> Evaluation::Predict(const Items& items) {
  return PredictAll(network_, objective_, trial_, items, source_, collective_);
}

std::vector<uint32_t> Evaluation::ShareOf(const Items& items) const {
  return ShardPositions(items.size(), EvaluationBatch(trial_), collective_.size(),
                        collective_.rank());
}

std::optional<double> MeanLoss(const std::vector<v1::Prediction>& predictions) {
  double sum = 0;
  size_t n = 0;
  for (const v1::Prediction& p : predictions) {
    if (!p.has_loss()) continue;
    sum += p.loss();
    ++n;
  }
  if (n == 0) return std::nullopt;
  return sum / static_cast<double>(n);
}

}  // namespace gyrus
