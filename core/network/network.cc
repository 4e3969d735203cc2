#include "core/network/network.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/network/default_model.h"
#include "core/network/graph_builder.h"
#include "core/network/heads.h"
#include "core/network/resnet.h"
#include "core/network/sfcn.h"
#include "core/network/slices.h"
#include "core/network/unet.h"

namespace gyrus {
namespace {

constexpr uint64_t kMaxVoxels = uint64_t{1} << 31;
// No network of ours needs more along an axis.
constexpr uint32_t kLongestSmallest = 512;

absl::Status CheckShape(const Shape& shape) {
  const std::string text = absl::StrJoin(shape, "x");
  if (shape.size() != 4 || std::count(shape.begin(), shape.end(), 0u) > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("input ", text, " is not channels, x, y and z, each above 0"));
  }
  uint64_t voxels = 1;
  for (const uint32_t n : shape) {
    voxels *= n;
    if (voxels > kMaxVoxels) {
      return absl::InvalidArgumentError(absl::StrCat("input ", text, " has more than 2^31 voxels"));
    }
  }
  return absl::OkStatus();
}

NodeId AddSlices(const v1::Slices& slices, GraphBuilder& builder) {
  const SliceRange seen = SlicesSeen(slices, builder.ShapeOf(builder.input()));
  return builder.Slices(builder.input(), "slices", seen.axis, seen.first, seen.end);
}

NodeId AddAggregate(const v1::Slices& slices, NodeId x, GraphBuilder& builder) {
  return slices.aggregate() == v1::SLICE_AGGREGATE_MEDIAN ? builder.MedianOfSlices(x, "aggregate")
                                                          : builder.MeanOfSlices(x, "aggregate");
}

NodeId AddSliceLstm(const v1::SliceLstm& spec, NodeId slices, uint32_t outputs,
                    GraphBuilder& builder) {
  NodeId x = AddResNet(spec.backbone(), slices, "backbone.", builder).stages.back();
  x = builder.Flatten(builder.AveragePool(x, "backbone.avgpool"), "backbone.flatten");
  x = builder.PoolSlices(x, "pool", spec.pool());
  x = builder.Lstm(x, "lstm", spec.hidden());
  x = builder.FlattenSlices(x, "flatten");
  return builder.Linear(x, "fc", outputs);
}

// The channels of each output that a task asks for; 0 for an output that it does not have.
struct Asked {
  uint32_t numbers = 0;
  uint32_t segmentation = 0;
  uint32_t reconstruction = 0;

  bool images() const { return segmentation > 0 || reconstruction > 0; }
  uint32_t outputs() const {
    return uint32_t{numbers > 0} + uint32_t{segmentation > 0} + uint32_t{reconstruction > 0};
  }
};

// A task without any output still asks for one number, so that the cost of a model can be
// shown before its task is complete.
Asked AskedBy(const v1::Task& task, uint32_t channels) {
  Asked asked;
  if (task.has_segmentation()) asked.segmentation = 1 + task.segmentation().classes_size();
  if (task.has_reconstruction()) asked.reconstruction = channels;
  if (task.has_classification()) {
    asked.numbers = task.classification().classes_size();
  } else if (task.has_soft_labels()) {
    asked.numbers = task.soft_labels().bins();
  } else if (task.has_regression() || !asked.images()) {
    asked.numbers = 1;
  }
  return asked;
}

// The features that the heads read.
struct Trunk {
  std::vector<NodeId> deepest;  // Pooled for numbers.
  std::optional<NodeId> image;  // As large as the input; where images are asked for.
  bool image_bias = true;       // Whether the heads on it have a bias.
};

Trunk AddResNetTrunk(const v1::ResNet& spec, bool of_volumes, NodeId input, bool images,
                     GraphBuilder& builder) {
  const ResNetFeatures features = AddResNet(spec, input, "", builder);
  Trunk trunk;
  const auto first = spec.multi_scale() ? features.stages.begin() + 1 : features.stages.end() - 1;
  trunk.deepest.assign(first, features.stages.end());
  if (images) trunk.image = AddResNetDecoder(features, of_volumes, builder);
  trunk.image_bias = of_volumes;
  return trunk;
}

Trunk AddUNetTrunk(const v1::UNet& spec, NodeId input, bool images, GraphBuilder& builder) {
  const std::vector<NodeId> stages = AddUNetEncoder(spec, input, builder);
  Trunk trunk = {.deepest = {stages.back()}};
  if (images) trunk.image = AddUNetDecoder(spec, stages, builder);
  trunk.image_bias = spec.decoder_bias();
  return trunk;
}

// The model is one of those below.
Trunk AddTrunk(const v1::Model& model, NodeId input, bool images, GraphBuilder& builder) {
  if (model.has_unet3d()) return AddUNetTrunk(model.unet3d(), input, images, builder);
  if (model.has_unet2d()) return AddUNetTrunk(model.unet2d(), input, images, builder);
  const bool of_volumes = model.has_resnet3d();
  return AddResNetTrunk(of_volumes ? model.resnet3d() : model.resnet2d(), of_volumes, input, images,
                        builder);
}

// For networks of slices, the numbers of an item are aggregated over its slices and the
// images are joined again.
GraphOutputs AddHeads(const v1::Model& model, const Trunk& trunk, const Asked& asked,
                      GraphBuilder& builder) {
  GraphOutputs outputs;
  const bool slices = SeesSlices(model);
  if (asked.numbers > 0) {
    const NodeId head = AddPooledHead(trunk.deepest, asked.numbers, builder);
    outputs.numbers = slices ? AddAggregate(model.slices(), head, builder) : head;
  }
  const auto image = [&](const std::string& name, uint32_t channels) {
    const NodeId head = AddImageHead(*trunk.image, name, channels, trunk.image_bias, builder);
    return slices ? builder.JoinSlices(
                        head, name + ".join",
                        SlicesSeen(model.slices(), builder.ShapeOf(builder.input())).axis)
                  : head;
  };
  if (asked.segmentation > 0) outputs.segmentation = image("segmentation", asked.segmentation);
  if (asked.reconstruction > 0) {
    outputs.reconstruction = image("reconstruction", asked.reconstruction);
  }
  return outputs;
}

// There is a model.
GraphOutputs AddNetwork(const v1::Model& model, const Asked& asked, GraphBuilder& builder) {
  const NodeId input = SeesSlices(model) ? AddSlices(model.slices(), builder) : builder.input();
  if (!model.has_sfcn() && !model.has_slice_lstm()) {
    return AddHeads(model, AddTrunk(model, input, asked.images(), builder), asked, builder);
  }
  if (asked.images()) {
    builder.Fail(NameOf(model),
                 "has no decoder; segmentation and reconstruction need one, as in "
                 "resnet3d or unet3d");
  }
  return {.numbers = model.has_sfcn()
                         ? AddSfcn(model.sfcn(), input, asked.numbers, builder)
                         : AddSliceLstm(model.slice_lstm(), input, asked.numbers, builder)};
}

absl::StatusOr<Graph> Make(const v1::Model& model, const v1::Task& task, const Shape& input) {
  v1::Model complete = model;
  FillModel(complete);
  GraphBuilder builder(input);
  const Asked asked = AskedBy(task, input[0]);
  GraphOutputs outputs = AddNetwork(complete, asked, builder);
  if (task.weighting() == v1::WEIGHTING_UNCERTAINTY) {
    outputs.log_variances = builder.Parameter("weighting", "log_variance", asked.outputs());
  }
  return std::move(builder).Finish(outputs);
}

// The shortest line; where none is taken, the smallest square, then cube; then
// each axis as short as it may be.
Shape SmallestInput(const v1::Model& model, const v1::Task& task, uint32_t channels) {
  for (const uint32_t long_axes : {1, 2, 3}) {
    for (uint32_t length = 1; length <= kLongestSmallest; ++length) {
      Shape shape = {channels, length, 1, 1};
      std::fill_n(shape.begin() + 1, long_axes, length);
      if (!Make(model, task, shape).ok()) continue;
      for (size_t axis = 1; axis < shape.size(); ++axis) {
        const uint32_t there = shape[axis];
        shape[axis] = 1;
        while (shape[axis] < there && !Make(model, task, shape).ok()) ++shape[axis];
      }
      return Shape(shape.begin() + 1, shape.end());
    }
  }
  return {};
}

// Decoders take sizes that can be halved as often as the encoder halves. Each
// axis made as long as it takes; empty where that does not help.
Shape NextThatFits(const v1::Model& model, const v1::Task& task, const Shape& input) {
  for (uint32_t multiple = 2; multiple <= kLongestSmallest; multiple *= 2) {
    Shape shape = input;
    for (size_t axis = 1; axis < shape.size(); ++axis) {
      shape[axis] = (shape[axis] + multiple - 1) / multiple * multiple;
    }
    if (CheckShape(shape).ok() && Make(model, task, shape).ok()) {
      return Shape(shape.begin() + 1, shape.end());
    }
  }
  return {};
}

// Suggests an input shape in place of `input`.
std::string Advice(const v1::Model& model, const v1::Task& task, const Shape& input) {
  const Shape next = NextThatFits(model, task, input);
  if (AskedBy(task, input[0]).images() && !next.empty()) {
    return absl::StrCat("; the next size that fits is ", absl::StrJoin(next, "x"));
  }
  const Shape smallest = SmallestInput(model, task, input[0]);
  if (smallest.empty()) return "";
  return absl::StrCat("; the smallest input is ", absl::StrJoin(smallest, "x"));
}

}  // namespace

std::string NameOf(const v1::Model& model) {
  const auto* const field =
      model.GetReflection()->GetOneofFieldDescriptor(model, model.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? "" : field->name();
}

bool SeesSlices(const v1::Model& model) {
  return model.has_resnet2d() || model.has_unet2d() || model.has_slice_lstm();
}

absl::StatusOr<Graph> MakeGraph(const v1::Model& model, const v1::Task& task, const Shape& input) {
  if (model.model_case() == v1::Model::MODEL_NOT_SET) {
    return absl::InvalidArgumentError("the experiment names no model");
  }
  GYRUS_RETURN_IF_ERROR(CheckShape(input));
  absl::StatusOr<Graph> graph = Make(model, task, input);
  if (graph.ok()) return graph;
  return absl::InvalidArgumentError(
      absl::StrCat("input ", absl::StrJoin(input.begin() + 1, input.end(), "x"), " does not fit ",
                   NameOf(model), ": ", graph.status().message(), Advice(model, task, input)));
}

absl::StatusOr<v1::NetworkCost> NetworkCostOf(const v1::Model& model, const v1::Task& task,
                                              const Shape& input) {
  GYRUS_ASSIGN_OR_RETURN(const Graph graph, MakeGraph(model, task, input));
  v1::NetworkCost cost = CostOf(graph);
  for (const uint32_t axis : SmallestInput(model, task, input[0])) cost.add_smallest_input(axis);
  return cost;
}

}  // namespace gyrus
