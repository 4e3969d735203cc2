#include "worker/training/weight_average.h"

#include <torch/utils.h>

#include <algorithm>

#include "common/status.h"
#include "worker/training/weights.h"

namespace gyrus {

WeightAverage::WeightAverage(Network& network, double decay) : decay_(decay) {
  const torch::NoGradGuard no_gradient;
  for (const auto& entry : network.named_parameters()) {
    names_.push_back(entry.key());
    parameters_.push_back(entry.value());
    others_.push_back(entry.value().detach().clone());
  }
}

void WeightAverage::Add() {
  const torch::NoGradGuard no_gradient;
  ++steps_;
  const double begun = static_cast<double>(1 + steps_) / static_cast<double>(10 + steps_);
  const double decay = std::min(decay_, begun);
  // Exact where both are the same, so that what is frozen stays as it is.
  at::_foreach_lerp_(others_, parameters_, 1 - decay);
}

void WeightAverage::Swap() {
  if (!swapped_) Exchange();
  swapped_ = true;
}

void WeightAverage::Restore() {
  if (swapped_) Exchange();
  swapped_ = false;
}

void WeightAverage::Exchange() {
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor mine = parameters_[i].detach();
    parameters_[i].set_data(others_[i]);
    others_[i] = mine;
  }
}

NamedTensors WeightAverage::Average() const {
  NamedTensors average;
  for (size_t i = 0; i < names_.size(); ++i) {
    average["average/" + names_[i]] = swapped_ ? parameters_[i].detach() : others_[i];
  }
  return average;
}

NamedTensors WeightAverage::Own() const {
  NamedTensors own;
  for (size_t i = 0; i < names_.size(); ++i) {
    own[names_[i]] = swapped_ ? others_[i] : parameters_[i].detach();
  }
  return own;
}

absl::Status WeightAverage::Load(const NamedTensors& average, uint64_t steps) {
  steps_ = steps;
  return Annotate(CopyTensors(average, Average()), "the average of the weights");
}

}  // namespace gyrus
