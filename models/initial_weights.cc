#include "models/initial_weights.h"

#include <torch/utils.h>

#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "common/random.h"

namespace gyrus {
namespace {

// How the numbers of one tensor are drawn: uniform in +-bound around `centre`.
struct Draw {
  double centre = 0;
  double bound = 0;
};

// Bounds are computed from the shapes by square roots and divisions only, which every
// machine rounds alike.
Draw DrawOf(const Node& node, const NamedShape& tensor) {
  const bool weight = absl::EndsWith(tensor.name, ".weight");
  switch (node.op) {
    case Op::kConv:
    case Op::kTransposedConv: {
      const Shape& shape = node.parameters[0].shape;
      // [out, in, kernel...]; transposed, [in, out, kernel...], each number of
      // the input gives to one kernel's worth of each output channel.
      const uint64_t out = shape[node.op == Op::kConv ? 0 : 1];
      const uint64_t kernel = Product(shape) / (uint64_t{shape[0]} * shape[1]);
      return {.bound = weight ? std::sqrt(6.0 / static_cast<double>(out * kernel)) : 0};
    }
    case Op::kLinear:
      return {.bound = std::sqrt(1.0 / static_cast<double>(node.parameters[0].shape[1]))};
    case Op::kLstm:
      return {.bound = std::sqrt(4.0 / static_cast<double>(node.parameters[0].shape[0]))};
    default:
      return {.centre = weight || absl::EndsWith(tensor.name, ".running_var") ? 1.0 : 0.0};
  }
}

// The random numbers are keyed by the tensor's name and not by its position, so a layer
// that is added elsewhere changes nothing here.
void Fill(const Device& device, torch::Tensor tensor, const Draw& draw, const std::string& name,
          uint64_t seed) {
  if (draw.bound == 0) {
    tensor.fill_(draw.centre);
    return;
  }
  RandomStream random(seed, "init/" + name);
  torch::Tensor drawn = device.ToHost(tensor);
  float* const values = drawn.data_ptr<float>();
  for (int64_t i = 0; i < drawn.numel(); ++i) {
    values[i] = static_cast<float>(draw.bound * (2 * random.NextUnit() - 1));
  }
  tensor.copy_(device.FromHost(drawn));  // Nothing where both are one tensor.
}

}  // namespace

void InitialiseWeights(Network& network, uint64_t seed) {
  const torch::NoGradGuard no_gradient;
  const auto parameters = network.named_parameters();
  const auto buffers = network.named_buffers();
  for (const Node& node : network.graph().nodes) {
    for (const NamedShape& tensor : node.parameters) {
      Fill(network.device(), parameters[tensor.name], DrawOf(node, tensor), tensor.name, seed);
    }
    for (const NamedShape& tensor : node.buffers) {
      Fill(network.device(), buffers[tensor.name], DrawOf(node, tensor), tensor.name, seed);
    }
  }
}

}  // namespace gyrus
