// What a network is made of and costs, without building it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A parameter, named and shaped as PyTorch does: "layer2.0.downsample.0.weight".
struct ParameterTensor {
  std::string name;
  std::vector<uint32_t> shape;
};

// One operation of the forward pass that makes a tensor, of one item. The sum
// at the end of a residual block is in place and not listed.
struct Layer {
  std::string name;  // "layer1.0.conv1"
  std::string kind;  // "conv", "instance_norm", "relu", "max_pool", "average_pool" or "linear"
  // Channels, then voxels along x, y, z; channels alone after the last pool.
  std::vector<uint32_t> output_shape;
  std::vector<ParameterTensor> parameters;
  uint64_t macs = 0;  // of conv and linear; 0 for the others
};

struct NetworkDescription {
  std::vector<Layer> layers;  // in the order of the forward pass
  // activation_bytes: the outputs of all layers, float32.
  // smallest_input: the box of fewest voxels that is taken, in any order of
  // its axes.
  v1::NetworkCost cost;
};

// `model` with defaults filled, on an input of [channels, x, y, z].
//
// INVALID_ARGUMENT: the model is none of spec.proto or out of the ranges of
// check.h; the input has not four numbers above 0 or more than 2^31 voxels; the
// input is too small: instance norm has nothing to normalise where a feature
// map is one voxel, so the last stage's must be larger.
absl::StatusOr<NetworkDescription> DescribeNetwork(const v1::Model& model,
                                                   const std::vector<uint32_t>& input_shape);

// The cost alone.
absl::StatusOr<v1::NetworkCost> NetworkCostOf(const v1::Model& model,
                                              const std::vector<uint32_t>& input_shape);

}  // namespace gyrus
