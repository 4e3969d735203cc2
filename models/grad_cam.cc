#include "models/grad_cam.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

// The node that the head's last pooling reads.
std::optional<NodeId> PooledNode(const Graph& graph) {
  std::optional<NodeId> pooled;
  for (const Node& node : graph.nodes) {
    if (node.op == Op::kAveragePool) pooled = node.inputs[0];
  }
  return pooled;
}

absl::StatusOr<NodeId> FindLayer(const Graph& graph, const std::string& name) {
  std::optional<NodeId> found;
  if (name.empty()) found = PooledNode(graph);
  for (NodeId id = 0; id < graph.nodes.size() && !name.empty(); ++id) {
    if (absl::StartsWith(graph.nodes[id].name, name)) found = id;
  }
  if (!found.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("no layer's name begins with '", name, "'"));
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
  torch::Tensor map = torch::zeros(volume);
  map.narrow(axis, slices.first, slices.slices).copy_(Upsampled(maps, plane).movedim(0, axis));
  return map;
}

const Node* SlicesOf(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.op == Op::kSlices) return &node;
  }
  return nullptr;
}

// The answer that is explained, a scalar with its gradient.
absl::StatusOr<torch::Tensor> AnswerOf(const torch::Tensor& told, const Answers& answers,
                                       const GradCamOptions& options, GradCam& cam) {
  if (told.dim() == 1) {  // A number.
    cam.prediction = told.item<float>();
    return told[0];
  }
  const int64_t classes = told.size(1);
  cam.answer = options.answer < 0 ? told[0].argmax().item<int64_t>() : options.answer;
  if (cam.answer >= classes) {
    return absl::InvalidArgumentError(absl::StrCat("there is no class ", cam.answer));
  }
  cam.prediction = told[0][cam.answer].item<float>();
  return answers.numbers[0][cam.answer];
}

}  // namespace

absl::StatusOr<GradCam> ComputeGradCam(Network& network, const Objective& objective,
                                       const torch::Tensor& volume, const torch::Tensor& covariates,
                                       const GradCamOptions& options) {
  const Graph& graph = network.graph();
  if (!graph.outputs.numbers.has_value()) {
    return absl::InvalidArgumentError("the task answers with no number and no class");
  }
  GYRUS_ASSIGN_OR_RETURN(const NodeId layer, FindLayer(graph, options.layer));
  GradCam cam = {.layer = graph.nodes[layer].name, .layer_shape = graph.nodes[layer].output_shape};
  absl::Status status;
  GYRUS_RETURN_IF_ERROR(CallTorch("explaining an answer", [&] {
    torch::Tensor activation;
    const torch::Tensor given = covariates.defined() ? covariates.unsqueeze(0) : covariates;
    const Answers answers =
        network.AnswerAndKeep(volume.unsqueeze(0), given, {.node = layer, .output = &activation});
    const absl::StatusOr<torch::Tensor> answer =
        AnswerOf(objective.Told(answers), answers, options, cam);
    status = answer.status();
    if (!answer.ok()) return;
    const torch::Tensor gradient = torch::autograd::grad({*answer}, {activation})[0];
    const torch::NoGradGuard no_gradient;
    const torch::Tensor maps = Weighted(activation.detach(), gradient);
    const std::vector<int64_t> voxels = volume.sizes().slice(1).vec();
    const Node* const slices = SlicesOf(graph);
    cam.map = slices != nullptr ? InVolume(maps, *slices, voxels) : Upsampled(maps, voxels)[0];
  }));
  GYRUS_RETURN_IF_ERROR(status);
  if (std::isfinite(cam.prediction)) return cam;
  return absl::OutOfRangeError(absl::StrCat("the answer is ", cam.prediction));
}

}  // namespace gyrus
