// A neural network as data: a graph of operations with their inputs and parameters.
//
// core/network builds it, plans compute its cost from it, and models/ runs it, so that
// the planned network and the trained one are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Channels, then voxels along x, y, z, or along the two axes of a slice, or
// channels alone.
using Shape = std::vector<uint32_t>;

uint64_t Product(const Shape& shape);

// A parameter or buffer, named and shaped as PyTorch does:
// "layer2.0.downsample.0.weight".
struct NamedShape {
  std::string name;
  Shape shape;
};

enum class Op {
  kInput,
  kConv,
  kTransposedConv,  // Kernel equals stride, no padding.
  kInstanceNorm,
  kBatchNorm,
  kRelu,
  kLeakyRelu,
  kMaxPool,
  kAveragePool,  // Over all voxels.
  kLinear,
  kLstm,  // One layer, both directions side by side, over the slices.
  kDropout,
  kAdd,            // Second to first.
  kConcat,         // Along channels.
  kSubsample,      // Every stride-th voxel, then channels of zeros: a shortcut without parameters.
  kRepeat,         // The channels over and over.
  kFlatten,        // Maps of one voxel to channels alone.
  kSlices,         // A volume to its slices along an axis.
  kPoolSlices,     // Means of neighbouring slices.
  kFlattenSlices,  // All slices' channels as one vector.
  kMeanOfSlices,
  kMedianOfSlices,  // The lower one, where their number is even.
  kJoinSlices,      // Slices to a volume: the other way of kSlices.
  kCovariates,      // Numbers of the item that are given beside the volume.
  kFilm,            // x * (1 + a) + b for each channel; the second input is [a, b].
  kParameter,       // The one parameter itself.
};

// "conv", "instance_norm", ...
std::string_view NameOf(Op op);

using NodeId = size_t;

// One operation of the forward pass, on one item.
struct Node {
  Op op = Op::kInput;
  std::string name;  // "layer1.0.conv1"
  std::vector<NodeId> inputs;
  // Parameters of convolutions and pools, the same along each axis.
  uint32_t kernel = 1;
  uint32_t stride = 1;
  uint32_t padding = 0;
  // kSlices: 0, 1, 2 for x, y, z, and which slices: [first, first + slices).
  uint32_t axis = 0;
  uint32_t first = 0;
  double slope = 0;        // kLeakyRelu: below zero.
  double probability = 0;  // kDropout: of a number to be zero.

  Shape output_shape;
  // How many tensors of that shape an item has here; 0 where it is not sliced.
  uint32_t slices = 0;
  std::vector<NamedShape> parameters;
  std::vector<NamedShape> buffers;
  uint64_t macs = 0;  // multiply-accumulates
};

// The output nodes of a network. Those that its task does not ask for are absent.
struct GraphOutputs {
  std::optional<NodeId> numbers;         // [outputs]
  std::optional<NodeId> segmentation;    // [1 + classes, x, y, z], before the softmax
  std::optional<NodeId> reconstruction;  // [channels, x, y, z]
  std::optional<NodeId> log_variances;   // One for each of those above, in their order.
};

struct Graph {
  std::vector<Node> nodes;  // In the order of the forward pass; node 0 is the input.
  GraphOutputs outputs;
};

// All but smallest_input. activation_bytes: the outputs of all operations,
// float32, as PyTorch's modules count them: kAdd and what follows it in Op are
// no modules.
v1::NetworkCost CostOf(const Graph& graph);

}  // namespace gyrus
