// Networks, built from their description in the experiment.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A module from [items, channels, x, y, z] to [items, 1], float32. Parameters
// have torchvision's names. One thread.
class Network : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(torch::Tensor volumes) = 0;
};

// Weights are not set; see InitialiseWeights. `model` is complete, as
// core/spec leaves it.
// INVALID_ARGUMENT: a model that is not here.
absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, int64_t channels);

// Sets every parameter from numbers keyed by (seed, parameter name):
// convolutions uniform in +-sqrt(6 / fan_out) (He et al., "Delving deep into
// rectifiers", 2015, variance 2 / fan_out), linear layers uniform in
// +-sqrt(1 / fan_in), both weight and bias. Only exactly rounded operations, so
// the same bits on every machine.
void InitialiseWeights(Network& network, uint64_t seed);

}  // namespace gyrus
