// One node of a graph, computed by torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "core/network/graph.h"

namespace gyrus {

// What a running mean takes over of a leaf's: PyTorch's default.
inline constexpr double kBatchNormMomentum = 0.1;

struct ComputeOptions {
  int64_t items = 1;
  bool training = false;
  // What dropout draws from.
  at::Generator generator;
  // Where batch norms in training put the means and then the unbiased variances
  // of their channels.
  std::vector<torch::Tensor>* statistics = nullptr;
  // The first input is read by nothing else.
  bool may_overwrite = false;
};

// Items are the first axis; where the node is sliced, their slices in order.
// `tensors` are the node's parameters, then its buffers. Throws as torch does.
torch::Tensor Compute(const Node& node, std::vector<torch::Tensor> inputs,
                      const std::vector<torch::Tensor>& tensors, const ComputeOptions& options);

// Whether what `op` made may be overwritten before its gradient is computed.
bool GradientIgnoresOutput(Op op);

}  // namespace gyrus
