#include "core/network/graph.h"

#include <algorithm>

namespace gyrus {

uint64_t Product(const Shape& shape) {
  uint64_t product = 1;
  for (const uint32_t n : shape) product *= n;
  return product;
}

std::string_view NameOf(Op op) {
  switch (op) {
    case Op::kInput:
      return "input";
    case Op::kConv:
      return "conv";
    case Op::kTransposedConv:
      return "transposed_conv";
    case Op::kInstanceNorm:
      return "instance_norm";
    case Op::kBatchNorm:
      return "batch_norm";
    case Op::kRelu:
      return "relu";
    case Op::kLeakyRelu:
      return "leaky_relu";
    case Op::kMaxPool:
      return "max_pool";
    case Op::kAveragePool:
      return "average_pool";
    case Op::kLinear:
      return "linear";
    case Op::kLstm:
      return "lstm";
    case Op::kDropout:
      return "dropout";
    case Op::kAdd:
      return "add";
    case Op::kConcat:
      return "concat";
    case Op::kSubsample:
      return "subsample";
    case Op::kRepeat:
      return "repeat";
    case Op::kFlatten:
      return "flatten";
    case Op::kSlices:
      return "slices";
    case Op::kPoolSlices:
      return "pool_slices";
    case Op::kFlattenSlices:
      return "flatten_slices";
    case Op::kMeanOfSlices:
      return "mean_of_slices";
    case Op::kMedianOfSlices:
      return "median_of_slices";
    case Op::kJoinSlices:
      return "join_slices";
    case Op::kCovariates:
      return "covariates";
    case Op::kFilm:
      return "film";
    case Op::kParameter:
      return "parameter";
  }
  return "unknown";
}

v1::NetworkCost CostOf(const Graph& graph) {
  v1::NetworkCost cost;
  for (const Node& node : graph.nodes) {
    for (const NamedShape& tensor : node.parameters) {
      cost.set_parameters(cost.parameters() + Product(tensor.shape));
    }
    for (const NamedShape& tensor : node.buffers) {
      cost.set_buffers(cost.buffers() + Product(tensor.shape));
    }
    cost.set_macs(cost.macs() + node.macs);
    // Counted as PyTorch's modules are; operations from kAdd on are no modules.
    if (node.op == Op::kInput || node.op >= Op::kAdd) continue;
    cost.set_activation_bytes(cost.activation_bytes() + sizeof(float) * std::max(1u, node.slices) *
                                                            Product(node.output_shape));
  }
  cost.set_parameter_bytes(sizeof(float) * cost.parameters());
  return cost;
}

}  // namespace gyrus
