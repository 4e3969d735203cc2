#include "worker/trainer/predictor.h"

#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/epoch/batches.h"
#include "models/torch_boundary.h"

namespace gyrus {

torch::Tensor Forward(Network& network, const torch::Tensor& volumes, const v1::TrialSpec& trial) {
  return network.forward(volumes).squeeze(1) * trial.output_scale() + trial.output_offset();
}

absl::StatusOr<std::vector<v1::Prediction>> PredictAll(
    Network& network, const v1::TrialSpec& trial,
    const google::protobuf::RepeatedPtrField<v1::Item>& items, ItemSource& source,
    Collective& collective) {
  const torch::NoGradGuard no_gradient;
  std::string mine;
  const auto positions = PositionsDealt(items.size(), collective.size(), collective.rank());
  for (size_t i = 0; i < positions.size(); ++i) {
    GYRUS_ASSIGN_OR_RETURN(const LoadedItem loaded, source.Next());
    GYRUS_ASSIGN_OR_RETURN(
        const float value, CallTorch(absl::StrCat("predicting ", loaded.item), [&] {
          return Forward(network, loaded.volume.unsqueeze(0), trial).item<float>();
        }));
    mine.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  GYRUS_ASSIGN_OR_RETURN(const auto all, collective.AllGatherBytes(mine));
  std::vector<v1::Prediction> predictions(items.size());
  for (int i = 0; i < items.size(); ++i) {
    const std::string& bytes = all[i % collective.size()];
    const size_t at = i / collective.size() * sizeof(float);
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
