#include "models/operation.h"

#include <tuple>

#include "models/max_pool3d.h"

namespace gyrus {
namespace {

using Tensors = std::vector<torch::Tensor>;

constexpr double kEpsilon = 1e-5;

torch::Tensor OrNone(const Tensors& tensors, size_t i) {
  return i < tensors.size() ? tensors[i] : torch::Tensor();
}

// Axes of an item's map: 3 for volumes, 2 for slices.
int64_t AxesOf(const torch::Tensor& x) { return x.dim() - 2; }

torch::Tensor Conv(const Node& node, const torch::Tensor& x, const Tensors& tensors) {
  const torch::Tensor bias = OrNone(tensors, 1);
  return AxesOf(x) == 3 ? torch::conv3d(x, tensors[0], bias, node.stride, node.padding)
                        : torch::conv2d(x, tensors[0], bias, node.stride, node.padding);
}

torch::Tensor TransposedConv(const Node& node, const torch::Tensor& x, const Tensors& tensors) {
  const torch::Tensor bias = OrNone(tensors, 1);
  return AxesOf(x) == 3 ? torch::conv_transpose3d(x, tensors[0], bias, node.stride)
                        : torch::conv_transpose2d(x, tensors[0], bias, node.stride);
}

torch::Tensor InstanceNorm(const torch::Tensor& x, const Tensors& tensors) {
  return torch::instance_norm(x, OrNone(tensors, 0), OrNone(tensors, 1), /*running_mean=*/{},
                              /*running_var=*/{}, /*use_input_stats=*/true, kBatchNormMomentum,
                              kEpsilon,
                              /*cudnn_enabled=*/true);
}

// In training the running means are not updated here. The statistics of the leaf are
// stored, and all ranks apply them later in the order of the batch, so that the means do
// not depend on the number of ranks.
torch::Tensor BatchNorm(const Node& node, const torch::Tensor& x, const Tensors& tensors,
                        const ComputeOptions& options) {
  const bool affine = !node.parameters.empty();
  const size_t first = node.parameters.size();
  torch::Tensor mean = tensors[first], variance = tensors[first + 1];
  double momentum = kBatchNormMomentum;
  if (options.training) {
    // With momentum 1 the running means become those of this leaf.
    mean = torch::zeros_like(mean);
    variance = torch::zeros_like(variance);
    momentum = 1;
    options.statistics->push_back(mean);
    options.statistics->push_back(variance);
  }
  return torch::batch_norm(x, affine ? tensors[0] : torch::Tensor(),
                           affine ? tensors[1] : torch::Tensor(), mean, variance, options.training,
                           momentum, kEpsilon, /*cudnn_enabled=*/true);
}

torch::Tensor MaxPool(const Node& node, const torch::Tensor& x) {
  if (AxesOf(x) == 2) return torch::max_pool2d(x, node.kernel, node.stride, node.padding);
  const bool ours = node.kernel == 3 && node.stride == 2 && node.padding == 1 && x.is_cpu();
  return ours ? MaxPool3d(x) : torch::max_pool3d(x, node.kernel, node.stride, node.padding);
}

torch::Tensor AveragePool(const torch::Tensor& x) {
  const std::vector<int64_t> axes = {2, 3, 4};
  return x.mean(at::IntArrayRef(axes.data(), AxesOf(x)), /*keepdim=*/true);
}

// As torch's, from a generator of our own.
torch::Tensor Dropout(const Node& node, const torch::Tensor& x, const ComputeOptions& options) {
  if (!options.training || node.probability == 0) return x;
  const double kept = 1 - node.probability;
  return x * torch::empty_like(x).bernoulli_(kept, options.generator).div_(kept);
}

// A shortcut without parameters: every second voxel, and zeros for the additional channels.
torch::Tensor Subsample(const Node& node, torch::Tensor x) {
  const int64_t missing = static_cast<int64_t>(node.output_shape[0]) - x.size(1);
  std::vector<int64_t> padding(2 * AxesOf(x) + 2, 0);
  padding.back() = missing;
  for (int64_t axis = 2; axis < x.dim(); ++axis) {
    x = x.slice(axis, 0, x.size(axis), node.stride);
  }
  return torch::constant_pad_nd(x, padding);
}

torch::Tensor Repeat(const Node& node, const torch::Tensor& x) {
  std::vector<int64_t> times(x.dim(), 1);
  times[1] = node.output_shape[0] / x.size(1);
  return x.repeat(times);
}

torch::Tensor Slices(const Node& node, const torch::Tensor& x) {
  const int64_t axis = 2 + node.axis;
  // A volume that is one slice thick is an item of its own (train.item: slice).
  const torch::Tensor wanted = x.size(axis) == 1 ? x : x.narrow(axis, node.first, node.slices);
  const torch::Tensor slices = wanted.movedim(axis, 1);
  return slices.flatten(0, 1).contiguous();
}

// [items * slices, ...] to [items, slices, ...].
torch::Tensor BySlice(const torch::Tensor& x, int64_t items) {
  return x.unflatten(0, {items, x.size(0) / items});
}

torch::Tensor PoolSlices(const Node& node, const torch::Tensor& x, int64_t items) {
  const int64_t size = node.stride;
  const torch::Tensor windows = BySlice(x, items).narrow(1, 0, node.slices * size);
  return windows.unflatten(1, {node.slices, size}).mean(2).flatten(0, 1);
}

torch::Tensor JoinSlices(const Node& node, const torch::Tensor& x, int64_t items) {
  return BySlice(x, items).movedim(1, 2 + node.axis);
}

// As many axes of 1 as `x` has beyond its channels.
torch::Tensor OverVoxels(const torch::Tensor& by_channel, const torch::Tensor& x) {
  std::vector<int64_t> shape(x.dim(), 1);
  shape[0] = by_channel.size(0);
  shape[1] = by_channel.size(1);
  return by_channel.reshape(shape);
}

torch::Tensor Film(const torch::Tensor& x, const torch::Tensor& ab) {
  const std::vector<torch::Tensor> parts = ab.chunk(2, 1);
  return x * (1 + OverVoxels(parts[0], x)) + OverVoxels(parts[1], x);
}

// torch expects two initial states, one for each direction. They are zero.
torch::Tensor Lstm(const torch::Tensor& x, const Tensors& tensors, const ComputeOptions& options) {
  const torch::Tensor sequence = BySlice(x, options.items);
  const torch::Tensor zeros = torch::zeros({2, sequence.size(0), tensors[1].size(1)}, x.options());
  const torch::Tensor outputs = std::get<0>(
      torch::lstm(sequence, {zeros, zeros}, tensors, /*has_biases=*/true, /*num_layers=*/1,
                  /*dropout=*/0.0, options.training, /*bidirectional=*/true, /*batch_first=*/true));
  return outputs.flatten(0, 1);
}

}  // namespace

bool GradientIgnoresOutput(Op op) {
  return op == Op::kConv || op == Op::kTransposedConv || op == Op::kInstanceNorm ||
         op == Op::kBatchNorm || op == Op::kMaxPool || op == Op::kAdd;
}

torch::Tensor Compute(const Node& node, Tensors inputs, const Tensors& tensors,
                      const ComputeOptions& options) {
  torch::Tensor& x = inputs[0];
  switch (node.op) {
    case Op::kInput:
    case Op::kCovariates:
    case Op::kParameter:
      break;  // Given, not computed.
    case Op::kConv:
      return Conv(node, x, tensors);
    case Op::kTransposedConv:
      return TransposedConv(node, x, tensors);
    case Op::kInstanceNorm:
      return InstanceNorm(x, tensors);
    case Op::kBatchNorm:
      return BatchNorm(node, x, tensors, options);
    case Op::kRelu:
      return options.may_overwrite ? x.relu_() : x.relu();
    case Op::kLeakyRelu:
      return options.may_overwrite ? torch::leaky_relu_(x, node.slope)
                                   : torch::leaky_relu(x, node.slope);
    case Op::kMaxPool:
      return MaxPool(node, x);
    case Op::kAveragePool:
      return AveragePool(x);
    case Op::kLinear:
      return torch::linear(x, tensors[0], tensors[1]);
    case Op::kLstm:
      return Lstm(x, tensors, options);
    case Op::kDropout:
      return Dropout(node, x, options);
    case Op::kAdd:
      return options.may_overwrite ? x.add_(inputs[1]) : x + inputs[1];
    case Op::kConcat:
      return torch::cat(inputs, 1);
    case Op::kSubsample:
      return Subsample(node, x);
    case Op::kRepeat:
      return Repeat(node, x);
    case Op::kFlatten:
      return x.flatten(1);
    case Op::kSlices:
      return Slices(node, x);
    case Op::kPoolSlices:
      return PoolSlices(node, x, options.items);
    case Op::kFlattenSlices:
      return BySlice(x, options.items).flatten(1);
    case Op::kMeanOfSlices:
      return BySlice(x, options.items).mean(1);
    case Op::kMedianOfSlices:
      return std::get<0>(BySlice(x, options.items).median(1));
    case Op::kJoinSlices:
      return JoinSlices(node, x, options.items);
    case Op::kFilm:
      return Film(x, inputs[1]);
  }
  return x;
}

}  // namespace gyrus
