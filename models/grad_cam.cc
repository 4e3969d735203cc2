#include "models/grad_cam.h"

#include <torch/autograd.h>
#include <torch/utils.h>

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

bool HasVoxels(const Node& node) {
  for (size_t axis = 1; axis < node.output_shape.size(); ++axis) {
    if (node.output_shape[axis] > 1) return true;
  }
  return false;
}

// For each node, whether it lies on the way to the output and has a gradient: the output
// depends on the node, and the node on a parameter.
std::vector<bool> OnTheWay(const Graph& graph) {
  std::vector<bool> learnt(graph.nodes.size()), asked(graph.nodes.size());
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    learnt[id] = !graph.nodes[id].parameters.empty();
    for (const NodeId input : graph.nodes[id].inputs) learnt[id] = learnt[id] || learnt[input];
  }
  asked[*graph.outputs.numbers] = true;
  for (NodeId id = graph.nodes.size(); id-- > 0;) {
    if (!asked[id]) continue;
    for (const NodeId input : graph.nodes[id].inputs) asked[input] = true;
  }
  for (NodeId id = 0; id < graph.nodes.size(); ++id) learnt[id] = learnt[id] && asked[id];
  return learnt;
}

// Finds the node whose output the head pools.
absl::StatusOr<NodeId> PooledNode(const Graph& graph, const std::vector<bool>& on_the_way) {
  std::vector<NodeId> pooled;
  std::vector<std::string> names;
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    if (graph.nodes[id].op != Op::kAveragePool || !on_the_way[id]) continue;
    pooled.push_back(graph.nodes[id].inputs[0]);
    names.push_back(graph.nodes[pooled.back()].name);
  }
  if (pooled.size() == 1) return pooled[0];
  if (pooled.empty()) return absl::InvalidArgumentError("the head pools nothing; name a layer");
  return absl::InvalidArgumentError(
      absl::StrCat("the head pools ", absl::StrJoin(names, ", "), "; name one of these layers"));
}

absl::StatusOr<NodeId> FindLayer(const Graph& graph, const std::string& name) {
  const std::vector<bool> on_the_way = OnTheWay(graph);
  std::optional<NodeId> found;
  if (name.empty()) {
    GYRUS_ASSIGN_OR_RETURN(found, PooledNode(graph, on_the_way));
  }
  for (NodeId id = 0; id < graph.nodes.size() && !name.empty(); ++id) {
    if (on_the_way[id] && absl::StartsWith(graph.nodes[id].name, name)) found = id;
  }
  if (!found.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no layer on the way to the output has a name that begins with '", name, "'"));
  }
  if (HasVoxels(graph.nodes[*found])) return *found;
  return absl::InvalidArgumentError(
      absl::StrCat("layer ", graph.nodes[*found].name,
                   " has one voxel only, which is everywhere; take an earlier one"));
}

// [slices or 1, channels, ...] to a map of each: the sum over channels.
torch::Tensor Weighted(const torch::Tensor& activation, const torch::Tensor& gradient) {
  torch::Tensor sum = torch::zeros_like(activation.select(1, 0));
  for (int64_t c = 0; c < activation.size(1); ++c) {
    sum += activation.select(1, c) * gradient.select(1, c);
  }
  return sum;
}

// `maps` is [items, voxels...] and gets the size of the volume or of a slice.
torch::Tensor Upsampled(const torch::Tensor& maps, const std::vector<int64_t>& size) {
  const torch::Tensor x = maps.unsqueeze(1);
  const torch::Tensor up = size.size() == 3
                               ? at::upsample_trilinear3d(x, size, /*align_corners=*/false)
                               : at::upsample_bilinear2d(x, size, /*align_corners=*/false);
  return up.squeeze(1);
}

// Maps of slices into the volume that they are of.
torch::Tensor InVolume(const torch::Tensor& maps, const Node& slices,
                       const std::vector<int64_t>& volume) {
  std::vector<int64_t> plane = volume;
  const int64_t axis = slices.axis;
  plane.erase(plane.begin() + axis);
  torch::Tensor map = torch::zeros(volume, maps.options());
  map.narrow(axis, slices.first, slices.slices).copy_(Upsampled(maps, plane).movedim(0, axis));
  return map;
}

const Node* SlicesOf(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.op == Op::kSlices) return &node;
  }
  return nullptr;
}

// Returns the output that is explained, a scalar through which the gradient is taken,
// and fills in the prediction.
absl::StatusOr<torch::Tensor> OutputOf(const torch::Tensor& predicted, const Outputs& outputs,
                                       const GradCamOptions& options, GradCam& cam) {
  if (predicted.dim() == 1) {  // A number.
    cam.prediction = predicted.item<float>();
    return predicted[0];
  }
  const int64_t classes = predicted.size(1);
  const torch::Tensor row = predicted[0].cpu().contiguous();
  cam.class_index =
      options.class_index >= 0
          ? options.class_index
          : PredictedClass({row.const_data_ptr<float>(), static_cast<size_t>(classes)});
  if (cam.class_index >= classes) {
    return absl::InvalidArgumentError(absl::StrCat("there is no class ", cam.class_index));
  }
  cam.prediction = predicted[0][cam.class_index].item<float>();
  return outputs.numbers[0][cam.class_index];
}

}  // namespace

absl::StatusOr<GradCam> ComputeGradCam(Network& network, const Objective& objective,
                                       const torch::Tensor& volume, const torch::Tensor& covariates,
                                       const GradCamOptions& options) {
  const Graph& graph = network.graph();
  if (!graph.outputs.numbers.has_value()) {
    return absl::InvalidArgumentError("the task has no number and no class as its output");
  }
  GYRUS_ASSIGN_OR_RETURN(const NodeId layer, FindLayer(graph, options.layer));
  GradCam cam = {.layer = graph.nodes[layer].name, .layer_shape = graph.nodes[layer].output_shape};
  absl::Status status;
  GYRUS_RETURN_IF_ERROR(CallTorch("computing Grad-CAM", [&] {
    torch::Tensor activation;
    const torch::Tensor given = covariates.defined() ? covariates.unsqueeze(0) : covariates;
    const Outputs outputs =
        network.ForwardAndKeep(volume.unsqueeze(0), given, {.node = layer, .output = &activation});
    const absl::StatusOr<torch::Tensor> output =
        OutputOf(objective.PredictedNumbers(outputs), outputs, options, cam);
    status = output.status();
    if (!output.ok()) return;
    const torch::Tensor gradient = torch::autograd::grad({*output}, {activation})[0];
    const torch::NoGradGuard no_gradient;
    const torch::Tensor maps = Weighted(activation.detach(), gradient);
    const std::vector<int64_t> voxels = volume.sizes().slice(1).vec();
    const Node* const slices = SlicesOf(graph);
    cam.map = slices != nullptr ? InVolume(maps, *slices, voxels) : Upsampled(maps, voxels)[0];
  }));
  GYRUS_RETURN_IF_ERROR(status);
  if (std::isfinite(cam.prediction)) return cam;
  return absl::OutOfRangeError(absl::StrCat("the output of the network is ", cam.prediction));
}

}  // namespace gyrus
