#include "models/network.h"

#include <cmath>
#include <string>

#include "common/random.h"
#include "models/resnet3d.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

void FillUniform(torch::Tensor parameter, double bound, RandomStream& random) {
  float* const values = parameter.data_ptr<float>();
  for (int64_t i = 0; i < parameter.numel(); ++i) {
    values[i] = static_cast<float>(bound * (2 * random.NextUnit() - 1));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, int64_t channels) {
  switch (model.model_case()) {
    case v1::Model::kResnet3D:
      return CallTorch("building resnet3d", [&]() -> std::shared_ptr<Network> {
        return std::make_shared<ResNet3d>(model.resnet3d().width(), channels);
      });
    case v1::Model::MODEL_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("the experiment names no model");
}

void InitialiseWeights(Network& network, uint64_t seed) {
  const torch::NoGradGuard no_gradient;
  const auto parameters = network.named_parameters();
  for (const auto& entry : parameters) {
    RandomStream random(seed, "init/" + entry.key());
    const torch::Tensor& parameter = entry.value();
    if (parameter.dim() == 5) {
      const int64_t fan_out = parameter.size(0) * parameter[0][0].numel();
      FillUniform(parameter, std::sqrt(6.0 / static_cast<double>(fan_out)), random);
    } else {
      // A linear layer's weight, or the bias beside it.
      const std::string layer = entry.key().substr(0, entry.key().rfind('.'));
      const int64_t fan_in = parameters[layer + ".weight"].size(1);
      FillUniform(parameter, std::sqrt(1.0 / static_cast<double>(fan_in)), random);
    }
  }
}

}  // namespace gyrus
