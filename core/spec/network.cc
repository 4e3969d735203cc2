#include "core/spec/network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/spec/check_parts.h"

namespace gyrus {
namespace {

constexpr uint64_t kMostVoxels = uint64_t{1} << 31;
constexpr int kStages = 4;
constexpr int kBlocksPerStage = 2;

uint64_t Product(const std::vector<uint32_t>& shape) {
  uint64_t product = 1;
  for (const uint32_t n : shape) product *= n;
  return product;
}

// Follows one item through a network, layer by layer. One thread.
class Tracer {
 public:
  explicit Tracer(std::vector<uint32_t> input_shape) : shape_(std::move(input_shape)) {}

  const std::vector<uint32_t>& shape() const { return shape_; }
  // The next layer sees a tensor of this shape: where paths part.
  void set_shape(std::vector<uint32_t> shape) { shape_ = std::move(shape); }
  std::vector<Layer> TakeLayers() { return std::move(layers_); }

  // A cube of `kernel` voxels, padded by half of it; no bias.
  void Conv(const std::string& name, uint32_t channels, uint32_t kernel, uint32_t stride) {
    const std::vector<uint32_t> weight = {channels, shape_[0], kernel, kernel, kernel};
    shape_[0] = channels;
    Shrink(stride);
    Add({name, "conv", shape_, {{name + ".weight", weight}}, 0});
    layers_.back().macs = Product(weight) / channels * Product(shape_);
  }
  void MaxPool(const std::string& name, uint32_t stride) {
    Shrink(stride);
    Add({name, "max_pool", shape_, {}, 0});
  }
  void InstanceNorm(const std::string& name) { Add({name, "instance_norm", shape_, {}, 0}); }
  void Relu(const std::string& name) { Add({name, "relu", shape_, {}, 0}); }
  void AveragePool(const std::string& name) {
    shape_.resize(1);
    Add({name, "average_pool", shape_, {}, 0});
  }
  void Linear(const std::string& name, uint32_t outputs) {
    const uint32_t inputs = shape_[0];
    shape_ = {outputs};
    Add({name,
         "linear",
         shape_,
         {{name + ".weight", {outputs, inputs}}, {name + ".bias", {outputs}}},
         uint64_t{inputs} * outputs});
  }

 private:
  // With half a kernel of padding, an axis of n gives ceil(n / stride).
  void Shrink(uint32_t stride) {
    for (size_t axis = 1; axis < shape_.size(); ++axis) {
      shape_[axis] = (shape_[axis] + stride - 1) / stride;
    }
  }
  void Add(Layer layer) { layers_.push_back(std::move(layer)); }

  std::vector<uint32_t> shape_;
  std::vector<Layer> layers_;
};

void TraceBlock(const std::string& name, uint32_t channels, uint32_t stride, Tracer& tracer) {
  const std::vector<uint32_t> input = tracer.shape();
  tracer.Conv(name + ".conv1", channels, 3, stride);
  tracer.InstanceNorm(name + ".bn1");
  tracer.Relu(name + ".relu1");
  tracer.Conv(name + ".conv2", channels, 3, 1);
  tracer.InstanceNorm(name + ".bn2");
  if (stride != 1 || input[0] != channels) {
    tracer.set_shape(input);
    tracer.Conv(name + ".downsample.0", channels, 1, stride);
    tracer.InstanceNorm(name + ".downsample.1");
  }
  tracer.Relu(name + ".relu2");
}

// He et al., "Deep residual learning for image recognition", CVPR 2016, with
// three axes and a stem of 3x3x3.
std::vector<Layer> TraceResNet18(const v1::ResNet3d& model, const std::vector<uint32_t>& input) {
  Tracer tracer(input);
  tracer.Conv("conv1", model.width(), 3, 2);
  tracer.InstanceNorm("bn1");
  tracer.Relu("relu");
  tracer.MaxPool("maxpool", 2);
  for (int stage = 0; stage < kStages; ++stage) {
    for (int block = 0; block < kBlocksPerStage; ++block) {
      TraceBlock(absl::StrCat("layer", stage + 1, ".", block), model.width() << stage,
                 stage > 0 && block == 0 ? 2 : 1, tracer);
    }
  }
  tracer.AveragePool("avgpool");
  tracer.Linear("fc", 1);
  return tracer.TakeLayers();
}

// Voxels of an axis that the last stage makes one of: stem, pool and three
// stages each halve it, rounding up.
constexpr uint32_t kShrinksToOne = 32;

absl::Status CheckInput(const std::vector<uint32_t>& shape) {
  const std::string text = absl::StrJoin(shape, "x");
  if (shape.size() != 4 || std::count(shape.begin(), shape.end(), 0u) > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("input ", text, " is not channels, x, y and z, each above 0"));
  }
  uint64_t voxels = 1;
  for (const uint32_t n : shape) {
    voxels *= n;
    if (voxels > kMostVoxels) {
      return absl::InvalidArgumentError(absl::StrCat("input ", text, " has more than 2^31 voxels"));
    }
  }
  const bool enough = std::any_of(shape.begin() + 1, shape.end(),
                                  [](uint32_t axis) { return axis > kShrinksToOne; });
  if (enough) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "input ", absl::StrJoin(shape.begin() + 1, shape.end(), "x"),
      " is too small for resnet3d: the feature maps of its last stage would be one voxel, which "
      "instance norm cannot normalise; at least one axis needs ",
      kShrinksToOne + 1, " voxels or more"));
}

v1::NetworkCost Sum(const std::vector<Layer>& layers) {
  v1::NetworkCost cost;
  for (const Layer& layer : layers) {
    for (const ParameterTensor& tensor : layer.parameters) {
      cost.set_parameters(cost.parameters() + Product(tensor.shape));
    }
    cost.set_macs(cost.macs() + layer.macs);
    cost.set_activation_bytes(cost.activation_bytes() +
                              sizeof(float) * Product(layer.output_shape));
  }
  cost.set_parameter_bytes(sizeof(float) * cost.parameters());
  return cost;
}

}  // namespace

absl::StatusOr<NetworkDescription> DescribeNetwork(const v1::Model& model,
                                                   const std::vector<uint32_t>& input_shape) {
  const SourceMap nowhere;
  Problems problems(nowhere);
  CheckModel(model, "model", problems);
  GYRUS_RETURN_IF_ERROR(problems.ToStatus());
  GYRUS_RETURN_IF_ERROR(CheckInput(input_shape));

  NetworkDescription description;
  description.layers = TraceResNet18(model.resnet3d(), input_shape);
  description.cost = Sum(description.layers);
  for (const uint32_t axis : {kShrinksToOne + 1, 1u, 1u}) {
    description.cost.add_smallest_input(axis);
  }
  return description;
}

absl::StatusOr<v1::NetworkCost> NetworkCostOf(const v1::Model& model,
                                              const std::vector<uint32_t>& input_shape) {
  GYRUS_ASSIGN_OR_RETURN(NetworkDescription description, DescribeNetwork(model, input_shape));
  return std::move(description.cost);
}

}  // namespace gyrus
