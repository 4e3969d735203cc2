#include "worker/trainer/predictor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/epoch/batches.h"
#include "models/torch_boundary.h"

namespace gyrus {

torch::Tensor Forward(Network& network, const torch::Tensor& volumes, const v1::TrialSpec& trial) {
  return network.forward(volumes).squeeze(1) * trial.output_scale() + trial.output_offset();
}

namespace {

// One forward pass over the next `count` items; as many float32.
absl::StatusOr<std::string> PredictNext(Network& network, const v1::TrialSpec& trial, size_t count,
                                        ItemSource& source) {
  std::vector<torch::Tensor> volumes;
  std::string last;
  for (size_t i = 0; i < count; ++i) {
    GYRUS_ASSIGN_OR_RETURN(LoadedItem loaded, source.Next());
    volumes.push_back(std::move(loaded.volume));
    last = std::move(loaded.item);
  }
  return CallTorch(absl::StrCat("predicting ", count, " items up to ", last), [&] {
    const torch::Tensor values = Forward(network, torch::stack(volumes), trial).contiguous();
    return std::string(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
  });
}

}  // namespace

absl::StatusOr<std::vector<v1::Prediction>> PredictAll(
    Network& network, const v1::TrialSpec& trial,
    const google::protobuf::RepeatedPtrField<v1::Item>& items, ItemSource& source,
    Collective& collective) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  const uint32_t leaf = trial.train().leaf();
  const auto positions = PositionsDealt(items.size(), leaf, collective.size(), collective.rank());
  std::string mine;
  for (size_t i = 0; i < positions.size(); i += leaf) {
    GYRUS_ASSIGN_OR_RETURN(
        const std::string values,
        PredictNext(network, trial, std::min<size_t>(leaf, positions.size() - i), source));
    mine += values;
  }
  GYRUS_ASSIGN_OR_RETURN(const auto all, collective.AllGatherBytes(mine));
  std::vector<v1::Prediction> predictions(items.size());
  for (int i = 0; i < items.size(); ++i) {
    const uint32_t group = i / leaf;
    const std::string& bytes = all[group % collective.size()];
    const size_t at = (group / collective.size() * leaf + i % leaf) * sizeof(float);
    if (at + sizeof(float) > bytes.size()) {
      return absl::InternalError("a rank gave fewer predictions than it has items");
    }
    float value;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    if (!std::isfinite(value)) {
      return absl::OutOfRangeError(
          absl::StrCat("the prediction of ", items[i].id(), " is ", value));
    }
    predictions[i].set_item(items[i].id());
    predictions[i].set_target(items[i].target());
    predictions[i].set_prediction(value);
  }
  return predictions;
}

double MeanLoss(v1::Loss loss, const std::vector<v1::Prediction>& predictions) {
  double sum = 0;
  for (const v1::Prediction& p : predictions) {
    const double error = p.prediction() - p.target();
    sum += loss == v1::LOSS_MSE ? error * error : std::abs(error);
  }
  return sum / static_cast<double>(predictions.size());
}

}  // namespace gyrus
