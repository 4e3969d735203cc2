// A plain training loop as a user of LibTorch would write it. train_bench compares Gyrus
// with it.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>

namespace gyrus {

// 3D-ResNet18 with instance norm, L1 loss and fused Adam, in the plainest way.
// One thread calls.
class PlainTrainer {
 public:
  PlainTrainer(double learning_rate, double output_scale, double output_offset);
  ~PlainTrainer();

  // Volumes [items, 1, x, y, z], targets [items]; returns the loss, a mean.
  float Step(const torch::Tensor& volumes, const torch::Tensor& targets);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gyrus
