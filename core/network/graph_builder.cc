#include "core/network/graph_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gyrus {
namespace {

// [out, in, kernel, ...] for as many axes as `map` has.
Shape KernelShape(uint32_t out, uint32_t in, uint32_t kernel, const Shape& map) {
  Shape shape(map.size() + 1, kernel);
  shape[0] = out;
  shape[1] = in;
  return shape;
}

uint64_t VoxelsOf(const Shape& map) { return Product(Shape(map.begin() + 1, map.end())); }

uint64_t Times(const Node& node) { return std::max(1u, node.slices); }

std::string Text(const Shape& shape) { return absl::StrJoin(shape, "x"); }

}  // namespace

GraphBuilder::GraphBuilder(Shape input) {
  Node node;
  node.name = "input";
  node.output_shape = std::move(input);
  graph_.nodes.push_back(std::move(node));
}

Node GraphBuilder::On(NodeId x, Op op, const std::string& name) const {
  Node node;
  node.op = op;
  node.name = name;
  node.inputs = {x};
  node.output_shape = ShapeOf(x);
  node.slices = graph_.nodes[x].slices;
  return node;
}

NodeId GraphBuilder::Put(Node node) {
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.size() - 1;
}

void GraphBuilder::Fail(const std::string& name, const std::string& why) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat(name, ": ", why));
}

NodeId GraphBuilder::Slide(NodeId x, Node node) {
  Shape& shape = node.output_shape;
  for (size_t axis = 1; axis < shape.size(); ++axis) {
    const uint32_t padded = shape[axis] + 2 * node.padding;
    if (padded < node.kernel) {
      Fail(node.name, absl::StrCat("maps of ", Text(ShapeOf(x)),
                                   " are smaller than its windows of ", node.kernel));
    }
    shape[axis] = padded < node.kernel ? 1 : (padded - node.kernel) / node.stride + 1;
  }
  return Put(std::move(node));
}

NodeId GraphBuilder::Conv(NodeId x, const std::string& name, const ConvOptions& options) {
  Node node = On(x, Op::kConv, name);
  node.kernel = options.kernel;
  node.stride = options.stride;
  // Odd kernels with this padding keep the size where the stride is 1.
  node.padding = options.kernel / 2;
  Shape& shape = node.output_shape;
  const Shape weight = KernelShape(options.channels, shape[0], options.kernel, shape);
  shape[0] = options.channels;
  node.parameters.push_back({name + ".weight", weight});
  if (options.bias) node.parameters.push_back({name + ".bias", {options.channels}});
  const NodeId id = Slide(x, std::move(node));
  graph_.nodes[id].macs =
      Times(graph_.nodes[id]) * (Product(weight) / options.channels) * Product(ShapeOf(id));
  return id;
}

NodeId GraphBuilder::TransposedConv(NodeId x, const std::string& name, uint32_t channels,
                                    uint32_t stride, bool bias) {
  Node node = On(x, Op::kTransposedConv, name);
  node.kernel = stride;
  node.stride = stride;
  Shape& shape = node.output_shape;
  // PyTorch stores the input's channels first.
  const Shape weight = KernelShape(shape[0], channels, stride, shape);
  node.macs = Times(node) * Product(weight) * VoxelsOf(shape);
  shape[0] = channels;
  for (size_t axis = 1; axis < shape.size(); ++axis) shape[axis] *= stride;
  node.parameters.push_back({name + ".weight", weight});
  if (bias) node.parameters.push_back({name + ".bias", {channels}});
  return Put(std::move(node));
}

NodeId GraphBuilder::Norm(NodeId x, const std::string& name, const NormOptions& options) {
  const bool batch = options.norm == v1::NORM_BATCH;
  Node node = On(x, batch ? Op::kBatchNorm : Op::kInstanceNorm, name);
  const uint32_t channels = node.output_shape[0];
  // A feature map of one voxel minus its mean is always zero.
  if (VoxelsOf(node.output_shape) == 1) {
    Fail(name, absl::StrCat("its feature maps would be one voxel, which ",
                            batch ? "batch" : "instance", " norm cannot normalise"));
  }
  if (options.affine) {
    node.parameters = {{name + ".weight", {channels}}, {name + ".bias", {channels}}};
  }
  if (batch) {
    node.buffers = {{name + ".running_mean", {channels}},
                    {name + ".running_var", {channels}},
                    {name + ".num_batches_tracked", {}}};
  }
  return Put(std::move(node));
}

NodeId GraphBuilder::Relu(NodeId x, const std::string& name) { return Put(On(x, Op::kRelu, name)); }

NodeId GraphBuilder::LeakyRelu(NodeId x, const std::string& name, double slope) {
  Node node = On(x, Op::kLeakyRelu, name);
  node.slope = slope;
  return Put(std::move(node));
}

NodeId GraphBuilder::MaxPool(NodeId x, const std::string& name, uint32_t kernel, uint32_t stride,
                             uint32_t padding) {
  Node node = On(x, Op::kMaxPool, name);
  node.kernel = kernel;
  node.stride = stride;
  node.padding = padding;
  return Slide(x, std::move(node));
}

NodeId GraphBuilder::AveragePool(NodeId x, const std::string& name) {
  Node node = On(x, Op::kAveragePool, name);
  std::fill(node.output_shape.begin() + 1, node.output_shape.end(), 1);
  return Put(std::move(node));
}

NodeId GraphBuilder::Linear(NodeId x, const std::string& name, uint32_t outputs) {
  Node node = On(x, Op::kLinear, name);
  const uint32_t inputs = node.output_shape[0];
  node.output_shape = {outputs};
  node.parameters = {{name + ".weight", {outputs, inputs}}, {name + ".bias", {outputs}}};
  node.macs = Times(node) * inputs * outputs;
  return Put(std::move(node));
}

NodeId GraphBuilder::Dropout(NodeId x, const std::string& name, double probability) {
  Node node = On(x, Op::kDropout, name);
  node.probability = probability;
  return Put(std::move(node));
}

NodeId GraphBuilder::Add(NodeId x, NodeId y, const std::string& name) {
  if (ShapeOf(x) != ShapeOf(y)) {
    Fail(name, absl::StrCat("adds ", Text(ShapeOf(y)), " to ", Text(ShapeOf(x))));
  }
  Node node = On(x, Op::kAdd, name);
  node.inputs = {x, y};
  return Put(std::move(node));
}

NodeId GraphBuilder::Concat(const std::vector<NodeId>& parts, const std::string& name) {
  Node node = On(parts[0], Op::kConcat, name);
  node.inputs = parts;
  for (size_t i = 1; i < parts.size(); ++i) {
    const Shape& shape = ShapeOf(parts[i]);
    if (!std::equal(shape.begin() + 1, shape.end(), node.output_shape.begin() + 1,
                    node.output_shape.end())) {
      Fail(name, absl::StrCat("joins maps of ", Text(ShapeOf(parts[0])), " and ", Text(shape)));
    }
    node.output_shape[0] += shape[0];
  }
  return Put(std::move(node));
}

NodeId GraphBuilder::Subsample(NodeId x, const std::string& name, uint32_t channels,
                               uint32_t stride) {
  Node node = On(x, Op::kSubsample, name);
  node.stride = stride;
  Shape& shape = node.output_shape;
  shape[0] = channels;
  for (size_t axis = 1; axis < shape.size(); ++axis) shape[axis] = (shape[axis] - 1) / stride + 1;
  return Put(std::move(node));
}

NodeId GraphBuilder::Repeat(NodeId x, const std::string& name, uint32_t channels) {
  Node node = On(x, Op::kRepeat, name);
  if (channels % node.output_shape[0] != 0) {
    Fail(name,
         absl::StrCat(channels, " channels are no multiple of the input's ", node.output_shape[0]));
  }
  node.output_shape[0] = channels;
  return Put(std::move(node));
}

NodeId GraphBuilder::Flatten(NodeId x, const std::string& name) {
  if (VoxelsOf(ShapeOf(x)) != 1) Fail(name, absl::StrCat("maps of ", Text(ShapeOf(x))));
  Node node = On(x, Op::kFlatten, name);
  node.output_shape.resize(1);
  return Put(std::move(node));
}

NodeId GraphBuilder::Slices(NodeId x, const std::string& name, uint32_t axis, uint32_t first,
                            uint32_t end) {
  Node node = On(x, Op::kSlices, name);
  const uint32_t there = node.output_shape[1 + axis];
  if (first >= end || end > there) {
    Fail(name, absl::StrCat("slices ", first, " to ", end, " of ", there));
    return x;
  }
  node.axis = axis;
  node.first = first;
  node.slices = end - first;
  node.output_shape.erase(node.output_shape.begin() + 1 + axis);
  return Put(std::move(node));
}

NodeId GraphBuilder::PoolSlices(NodeId x, const std::string& name, uint32_t size) {
  Node node = On(x, Op::kPoolSlices, name);
  if (node.slices < size) {
    Fail(name, absl::StrCat(node.slices, " slices are fewer than the ", size, " of a window"));
  }
  node.stride = size;
  node.slices /= size;
  return Put(std::move(node));
}

NodeId GraphBuilder::Lstm(NodeId x, const std::string& name, uint32_t hidden) {
  Node node = On(x, Op::kLstm, name);
  const uint32_t inputs = node.output_shape[0];
  // The names and their order are those of torch.nn.LSTM.
  for (const char* const direction : {"", "_reverse"}) {
    node.parameters.push_back(
        {absl::StrCat(name, ".weight_ih_l0", direction), {4 * hidden, inputs}});
    node.parameters.push_back(
        {absl::StrCat(name, ".weight_hh_l0", direction), {4 * hidden, hidden}});
    node.parameters.push_back({absl::StrCat(name, ".bias_ih_l0", direction), {4 * hidden}});
    node.parameters.push_back({absl::StrCat(name, ".bias_hh_l0", direction), {4 * hidden}});
  }
  node.output_shape = {2 * hidden};
  node.macs = Times(node) * 2 * 4 * hidden * uint64_t{inputs + hidden};
  return Put(std::move(node));
}

NodeId GraphBuilder::OverSlices(NodeId x, Op op, const std::string& name) {
  Node node = On(x, op, name);
  node.slices = 0;
  return Put(std::move(node));
}

NodeId GraphBuilder::FlattenSlices(NodeId x, const std::string& name) {
  const NodeId flat = OverSlices(x, Op::kFlattenSlices, name);
  graph_.nodes[flat].output_shape = {graph_.nodes[x].slices * ChannelsOf(x)};
  return flat;
}

NodeId GraphBuilder::MeanOfSlices(NodeId x, const std::string& name) {
  return OverSlices(x, Op::kMeanOfSlices, name);
}

NodeId GraphBuilder::MedianOfSlices(NodeId x, const std::string& name) {
  return OverSlices(x, Op::kMedianOfSlices, name);
}

NodeId GraphBuilder::JoinSlices(NodeId x, const std::string& name, uint32_t axis) {
  Node node = On(x, Op::kJoinSlices, name);
  node.axis = axis;
  node.output_shape.insert(node.output_shape.begin() + 1 + axis, node.slices);
  node.slices = 0;
  return Put(std::move(node));
}

NodeId GraphBuilder::Covariates(uint32_t count) {
  Node node;
  node.op = Op::kCovariates;
  node.name = "covariates";
  node.output_shape = {count};
  return Put(std::move(node));
}

NodeId GraphBuilder::Film(NodeId x, NodeId ab, const std::string& name) {
  Node node = On(x, Op::kFilm, name);
  node.inputs = {x, ab};
  if (graph_.nodes[x].slices > 0 || ShapeOf(ab) != Shape{2 * ChannelsOf(x)}) {
    Fail(name, absl::StrCat("scales and shifts ", Text(ShapeOf(x)), " by ", Text(ShapeOf(ab))));
  }
  return Put(std::move(node));
}

NodeId GraphBuilder::Parameter(const std::string& name, const std::string& parameter,
                               uint32_t size) {
  Node node;
  node.op = Op::kParameter;
  node.name = name;
  node.output_shape = {size};
  node.parameters = {{absl::StrCat(name, ".", parameter), {size}}};
  return Put(std::move(node));
}

absl::StatusOr<Graph> GraphBuilder::Finish(const GraphOutputs& outputs) && {
  if (!status_.ok()) return status_;
  graph_.outputs = outputs;
  return std::move(graph_);
}

}  // namespace gyrus
