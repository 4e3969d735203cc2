#include "worker/trainer/weight_average.h"

#include <algorithm>

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
  if (!used_) Exchange();
  used_ = true;
}

void WeightAverage::Restore() {
  if (used_) Exchange();
  used_ = false;
}

void WeightAverage::Exchange() {
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor mine = parameters_[i].detach();
    parameters_[i].set_data(others_[i]);
    others_[i] = mine;
  }
}

NamedTensors WeightAverage::Shadow() const {
  NamedTensors raw;
  for (size_t i = 0; i < names_.size(); ++i) raw["raw/" + names_[i]] = others_[i];
  return raw;
}

}  // namespace gyrus
