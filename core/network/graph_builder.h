// Builds the graph of a network, operation by operation, and computes all shapes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/network/graph.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct ConvOptions {
  uint32_t channels = 0;
  uint32_t kernel = 3;  // The same along each axis.
  uint32_t stride = 1;
  bool bias = false;
};

struct NormOptions {
  v1::Norm norm = v1::NORM_INSTANCE;
  bool affine = false;
};

// Each call adds an operation on `x` and returns its output. Shapes follow
// PyTorch's rules. The first that cannot be is kept for Finish, and what
// follows it means nothing. One thread.
class GraphBuilder {
 public:
  // `input`: channels, then voxels along x, y, z.
  explicit GraphBuilder(Shape input);

  NodeId input() const { return 0; }
  const Shape& ShapeOf(NodeId x) const { return graph_.nodes[x].output_shape; }
  uint32_t ChannelsOf(NodeId x) const { return ShapeOf(x)[0]; }

  // Padded by half the kernel, so that stride 1 keeps the size.
  NodeId Conv(NodeId x, const std::string& name, const ConvOptions& options);
  // Makes each axis `stride` times as long.
  NodeId TransposedConv(NodeId x, const std::string& name, uint32_t channels, uint32_t stride,
                        bool bias);
  // Fails where a map is one voxel: nothing is left of it (of batch norm, in
  // leaves of one item).
  NodeId Norm(NodeId x, const std::string& name, const NormOptions& options);
  NodeId Relu(NodeId x, const std::string& name);
  NodeId LeakyRelu(NodeId x, const std::string& name, double slope);
  NodeId MaxPool(NodeId x, const std::string& name, uint32_t kernel, uint32_t stride,
                 uint32_t padding);
  // Over all voxels; leaves maps of one voxel.
  NodeId AveragePool(NodeId x, const std::string& name);
  // The input has channels only.
  NodeId Linear(NodeId x, const std::string& name, uint32_t outputs);
  NodeId Dropout(NodeId x, const std::string& name, double probability);

  NodeId Add(NodeId x, NodeId y, const std::string& name);
  NodeId Concat(const std::vector<NodeId>& parts, const std::string& name);
  // A shortcut without parameters (He et al. 2016, option A).
  NodeId Subsample(NodeId x, const std::string& name, uint32_t channels, uint32_t stride);
  // Until there are `channels`.
  NodeId Repeat(NodeId x, const std::string& name, uint32_t channels);
  // Maps of one voxel to channels alone.
  NodeId Flatten(NodeId x, const std::string& name);

  // Takes the slices [first, end) along `axis` of an input [channels, x, y, z].
  NodeId Slices(NodeId x, const std::string& name, uint32_t axis, uint32_t first, uint32_t end);
  // Takes means of `size` neighbours; a rest at the end is left out.
  NodeId PoolSlices(NodeId x, const std::string& name, uint32_t size);
  // [slices, channels] to [slices, 2 * hidden].
  NodeId Lstm(NodeId x, const std::string& name, uint32_t hidden);
  NodeId FlattenSlices(NodeId x, const std::string& name);
  NodeId MeanOfSlices(NodeId x, const std::string& name);
  NodeId MedianOfSlices(NodeId x, const std::string& name);
  // A volume again, with the slices along `axis`.
  NodeId JoinSlices(NodeId x, const std::string& name, uint32_t axis);

  // So many numbers of the item, given beside the volume.
  NodeId Covariates(uint32_t count);
  // Channels of x are scaled by 1 + a and shifted by b; `ab`: [2 * channels].
  NodeId Film(NodeId x, NodeId ab, const std::string& name);
  // "name.parameter": a parameter of `size` numbers, as it is.
  NodeId Parameter(const std::string& name, const std::string& parameter, uint32_t size);

  // For what no operation says by itself. The first is kept for Finish.
  void Fail(const std::string& name, const std::string& why);

  // INVALID_ARGUMENT: an operation got a shape that it cannot take; names it.
  absl::StatusOr<Graph> Finish(const GraphOutputs& outputs) &&;

 private:
  // A node on `x`, with its shape and slices, not yet part of the graph.
  Node On(NodeId x, Op op, const std::string& name) const;
  NodeId Put(Node node);
  // The same, with the axes that its windows leave.
  NodeId Slide(NodeId x, Node node);
  NodeId OverSlices(NodeId x, Op op, const std::string& name);

  Graph graph_;
  absl::Status status_;
};

}  // namespace gyrus
