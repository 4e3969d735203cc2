#include "core/network/network.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/network/default_model.h"
#include "core/network/graph_builder.h"
#include "core/network/resnet.h"
#include "core/network/sfcn.h"
#include "core/network/unet.h"

namespace gyrus {
namespace {

constexpr uint64_t kMostVoxels = uint64_t{1} << 31;
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
    if (voxels > kMostVoxels) {
      return absl::InvalidArgumentError(absl::StrCat("input ", text, " has more than 2^31 voxels"));
    }
  }
  return absl::OkStatus();
}

NodeId AddSlices(const v1::Slices& slices, GraphBuilder& builder) {
  const uint32_t axis = slices.axis() == "x" ? 0 : slices.axis() == "y" ? 1 : 2;
  const uint32_t there = builder.ShapeOf(builder.input())[1 + axis];
  const uint32_t end = slices.count() == 0 ? there : slices.from() + slices.count();
  return builder.Slices(builder.input(), "slices", axis, slices.from(), end);
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

NodeId AddPooledHead(NodeId x, uint32_t outputs, GraphBuilder& builder) {
  x = builder.Flatten(builder.AveragePool(x, "avgpool"), "flatten");
  return builder.Linear(x, "fc", outputs);
}

NodeId AddUNetHead(const v1::UNet& spec, NodeId input, uint32_t outputs, GraphBuilder& builder) {
  return AddPooledHead(AddUNetEncoder(spec, input, builder).back(), outputs, builder);
}

// Returns the one output. There is a model.
NodeId AddNetwork(const v1::Model& model, uint32_t outputs, GraphBuilder& builder) {
  const NodeId input = SeesSlices(model) ? AddSlices(model.slices(), builder) : builder.input();
  switch (model.model_case()) {
    case v1::Model::kResnet3D:
      return AddPooledHead(AddResNet(model.resnet3d(), input, "", builder).stages.back(), outputs,
                           builder);
    case v1::Model::kResnet2D: {
      const NodeId stages = AddResNet(model.resnet2d(), input, "", builder).stages.back();
      return AddAggregate(model.slices(), AddPooledHead(stages, outputs, builder), builder);
    }
    case v1::Model::kSliceLstm:
      return AddSliceLstm(model.slice_lstm(), input, outputs, builder);
    case v1::Model::kUnet3D:
      return AddUNetHead(model.unet3d(), input, outputs, builder);
    case v1::Model::kUnet2D:
      return AddAggregate(model.slices(), AddUNetHead(model.unet2d(), input, outputs, builder),
                          builder);
    case v1::Model::kSfcn:
      return AddSfcn(model.sfcn(), input, outputs, builder);
    case v1::Model::MODEL_NOT_SET:
      break;
  }
  return builder.input();
}

// Numbers that the head gives for an item.
uint32_t OutputsOf(const v1::Task&) { return 1; }

absl::StatusOr<Graph> Make(const v1::Model& model, const v1::Task& task, const Shape& input) {
  v1::Model complete = model;
  FillModel(complete);
  GraphBuilder builder(input);
  const NodeId output = AddNetwork(complete, OutputsOf(task), builder);
  return std::move(builder).Finish({output});
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
        while (shape[axis] > 1) {
          --shape[axis];
          if (Make(model, task, shape).ok()) continue;
          ++shape[axis];
          break;
        }
      }
      return Shape(shape.begin() + 1, shape.end());
    }
  }
  return {};
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
  const Shape smallest = SmallestInput(model, task, input[0]);
  return absl::InvalidArgumentError(absl::StrCat(
      "input ", absl::StrJoin(input.begin() + 1, input.end(), "x"), " does not fit ", NameOf(model),
      ": ", graph.status().message(),
      smallest.empty() ? ""
                       : absl::StrCat("; the smallest input is ", absl::StrJoin(smallest, "x"))));
}

absl::StatusOr<v1::NetworkCost> NetworkCostOf(const v1::Model& model, const v1::Task& task,
                                              const Shape& input) {
  GYRUS_ASSIGN_OR_RETURN(const Graph graph, MakeGraph(model, task, input));
  v1::NetworkCost cost = CostOf(graph);
  for (const uint32_t axis : SmallestInput(model, task, input[0])) cost.add_smallest_input(axis);
  return cost;
}

}  // namespace gyrus
