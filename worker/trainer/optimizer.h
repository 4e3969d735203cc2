// Turns gradients into new weights, the same on every rank.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "gyrus/v1/spec.pb.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

using Gradients = std::vector<torch::Tensor>;  // In the order of the parameters.

// Learning rate of an epoch (from 0) under `schedule`.
double LearningRate(const v1::Schedule& schedule, double base, uint32_t epoch);

// Adam (Kingma, Ba, ICLR 2015) as torch.optim.Adam computes it, in torch's fused
// operator. One thread.
class AdamOptimizer {
 public:
  // `network` must outlive this.
  AdamOptimizer(Network& network, const v1::Adam& spec);

  // Takes a step along sums / items. Changes `sums`.
  void Step(double learning_rate, Gradients& sums, uint32_t items);

  // "exp_avg/NAME", "exp_avg_sq/NAME" and "step", views of the live state.
  NamedTensors State() const;

 private:
  v1::Adam spec_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> exp_avgs_;
  std::vector<torch::Tensor> exp_avg_sqs_;
  std::vector<torch::Tensor> steps_;
};

}  // namespace gyrus
