// A running average of a network's weights.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// average = d * average + (1 - d) * weights after each step, beginning with the
// initial weights; d is `decay`, but after n steps at most (1 + n) / (10 + n), so
// that initial weights are soon forgotten. Running means of batch norms are not
// averaged again. One thread; `network` must outlive it.
class WeightAverage {
 public:
  WeightAverage(Network& network, double decay);

  // Adds the weights after a step. The network must have its own weights.
  void Add();

  // Swap lets the network compute with the average until Restore. Calling either of
  // them twice does no harm.
  void Swap();
  void Restore();

  // Views of the average, as "average/NAME", and of the network's own weights, as
  // "NAME", whichever of the two the network computes with now.
  NamedTensors Average() const;
  NamedTensors Own() const;
  uint64_t steps() const { return steps_; }

  // Restores an average and the number of steps that it has seen. The network must have
  // its own weights. DATA_LOSS: the average belongs to another network.
  absl::Status Load(const NamedTensors& average, uint64_t steps);

 private:
  void Exchange();

  const double decay_;
  uint64_t steps_ = 0;
  bool swapped_ = false;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> others_;  // The average; the own weights while swapped.
};

}  // namespace gyrus
