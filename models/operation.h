// Computes one node of a network's graph, such as a convolution, with torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "core/network/graph.h"

namespace gyrus {

// The weight of a leaf's statistics in the running means; PyTorch's default.
inline constexpr double kBatchNormMomentum = 0.1;

struct ComputeOptions {
  int64_t items = 1;
  bool training = false;
  // The random number generator that dropout uses.
  at::Generator generator;
  // In training, batch norms append the means and then the unbiased variances of their
  // channels to this list.
  std::vector<torch::Tensor>* statistics = nullptr;
  // Whether no other node reads the first input, so that it may be overwritten.
  bool may_overwrite = false;
};

// The first axis of the inputs counts items, or for a node of slices all slices of
// all items in order. `tensors` are the node's parameters, then its buffers. Throws as
// torch does.
torch::Tensor Compute(const Node& node, std::vector<torch::Tensor> inputs,
                      const std::vector<torch::Tensor>& tensors, const ComputeOptions& options);

// Whether the output of `op` may be overwritten before its gradient is computed.
bool GradientIgnoresOutput(Op op);

}  // namespace gyrus
