// A running average of a network's weights.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// average = d * average + (1 - d) * weights after each step, beginning with the
// first weights; d is `decay`, but after n steps at most (1 + n) / (10 + n), so
// that first weights are soon forgotten. Running means of batch norms are not
// averaged again. One thread; `network` must outlive it.
class WeightAverage {
 public:
  WeightAverage(Network& network, double decay);

  // After each step; the network has its own weights then.
  void Add();

  // The network computes with the average until Restore. Both may be called
  // twice.
  void Swap();
  void Restore();

  // The network's own weights while the average is used, as "raw/NAME": views.
  NamedTensors Shadow() const;

 private:
  void Exchange();

  const double decay_;
  uint64_t steps_ = 0;
  bool used_ = false;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> others_;  // The average, or what it stands in for.
};

}  // namespace gyrus
