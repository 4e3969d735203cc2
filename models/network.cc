#include "models/network.h"

#include <torch/nn/module.h>
#include <torch/utils.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/status.h"
#include "core/network/network.h"
#include "models/operation.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

std::vector<int64_t> SizesOf(const Shape& shape) { return {shape.begin(), shape.end()}; }

// The module that "layer1.0.conv1.weight" is in, made where it is not there.
torch::nn::Module* ModuleOf(absl::string_view name, torch::nn::Module* root) {
  std::vector<std::string> path = absl::StrSplit(name, '.');
  path.pop_back();
  for (const std::string& step : path) {
    const auto children = root->named_children();
    const auto* const child = children.find(step);
    root = child != nullptr
               ? child->get()
               : root->register_module(step, std::make_shared<torch::nn::Module>()).get();
  }
  return root;
}

std::string LastOf(absl::string_view name) { return std::string(name.substr(name.rfind('.') + 1)); }

// Numbers that torch counts are integers; the only ones without a shape.
torch::Tensor EmptyBuffer(const NamedShape& buffer, const Device& device) {
  const torch::TensorOptions options(device.torch());
  return buffer.shape.empty() ? torch::zeros({}, options.dtype(torch::kInt64))
                              : torch::empty(SizesOf(buffer.shape), options);
}

// A node's output is released after its last use, which keeps the memory of a forward pass
// low. The outputs of the network are kept.
std::vector<NodeId> LastUses(const Graph& graph) {
  std::vector<NodeId> last(graph.nodes.size(), 0);
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    for (const NodeId input : graph.nodes[id].inputs) last[input] = id;
  }
  const GraphOutputs& outputs = graph.outputs;
  for (const auto& output :
       {outputs.numbers, outputs.segmentation, outputs.reconstruction, outputs.log_variances}) {
    if (output.has_value()) last[*output] = graph.nodes.size();
  }
  return last;
}

}  // namespace

Network::Network(Graph graph, const Device& device)
    : graph_(std::move(graph)), device_(device), last_use_(LastUses(graph_)) {
  Reseed(0);
  for (const Node& node : graph_.nodes) {
    std::vector<torch::Tensor>& tensors = tensors_.emplace_back();
    for (const NamedShape& parameter : node.parameters) {
      tensors.push_back(
          ModuleOf(parameter.name, this)
              ->register_parameter(LastOf(parameter.name),
                                   torch::empty(SizesOf(parameter.shape), device_.torch())));
    }
    for (const NamedShape& buffer : node.buffers) {
      tensors.push_back(ModuleOf(buffer.name, this)
                            ->register_buffer(LastOf(buffer.name), EmptyBuffer(buffer, device_)));
    }
  }
}

Outputs Network::Forward(torch::Tensor volumes, torch::Tensor covariates) {
  return Run({std::move(volumes), std::move(covariates)},
             [](NodeId, const torch::Tensor&) { return true; });
}

Outputs Network::ForwardAndKeep(torch::Tensor volumes, torch::Tensor covariates, Kept kept) {
  return Run({std::move(volumes), std::move(covariates)}, [kept](NodeId id, torch::Tensor& output) {
    if (id != kept.node) return true;
    *kept.output = output;
    output = output.clone();  // The next node may overwrite its input.
    return true;
  });
}

torch::Tensor Network::forward(torch::Tensor volumes, torch::Tensor covariates) {
  return Forward(std::move(volumes), std::move(covariates)).numbers;
}

std::string Network::FirstNotFinite(torch::Tensor volumes, torch::Tensor covariates) {
  const torch::NoGradGuard no_gradient;
  std::string first_bad;
  Run({std::move(volumes), std::move(covariates)}, [&](NodeId id, const torch::Tensor& output) {
    first_bad = NotFiniteOf(id, output);
    return first_bad.empty();
  });
  statistics_.clear();
  return first_bad;
}

torch::Tensor Network::Compute(NodeId id, const Inputs& given, std::vector<torch::Tensor>& values) {
  const Node& node = graph_.nodes[id];
  if (node.op == Op::kInput) return given.volumes;
  if (node.op == Op::kCovariates) return given.covariates;
  if (node.op == Op::kParameter) return tensors_[id][0];
  std::vector<torch::Tensor> inputs;
  for (const NodeId input : node.inputs) {
    // Moved out at its last use, so that its memory is free as early as can be.
    inputs.push_back(last_use_[input] == id ? std::exchange(values[input], {}) : values[input]);
  }
  const NodeId first = node.inputs[0];
  return gyrus::Compute(
      node, std::move(inputs), tensors_[id],
      {.items = given.volumes.size(0),
       .training = is_training(),
       .generator = generator_,
       .statistics = &statistics_,
       .may_overwrite = last_use_[first] == id && GradientIgnoresOutput(graph_.nodes[first].op)});
}

Outputs Network::Run(Inputs given, Observer observe) {
  statistics_.clear();
  std::vector<torch::Tensor> values(graph_.nodes.size());
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    values[id] = Compute(id, given, values);
    if (!observe(id, values[id])) return {};
  }
  const GraphOutputs& outputs = graph_.outputs;
  const auto value = [&](const std::optional<NodeId>& id) {
    return id.has_value() ? values[*id] : torch::Tensor();
  };
  return {value(outputs.numbers), value(outputs.segmentation), value(outputs.reconstruction),
          value(outputs.log_variances)};
}

std::string Network::NotFiniteOf(NodeId id, const torch::Tensor& output) const {
  const auto finite = [](const torch::Tensor& tensor) {
    return torch::isfinite(tensor).all().item<bool>();
  };
  const Node& node = graph_.nodes[id];
  for (size_t i = 0; i < tensors_[id].size(); ++i) {
    const bool parameter = i < node.parameters.size();
    if (finite(tensors_[id][i])) continue;
    return parameter ? node.parameters[i].name : node.buffers[i - node.parameters.size()].name;
  }
  return finite(output) ? "" : absl::StrCat("the output of ", node.name);
}

void Network::Reseed(uint64_t seed) { generator_ = device_.MakeGenerator(seed); }

torch::Tensor Network::TakeStatistics() {
  const std::vector<torch::Tensor> statistics = std::exchange(statistics_, {});
  return statistics.empty() ? torch::Tensor() : torch::cat(statistics);
}

int64_t Network::StatisticsLength() const {
  int64_t length = 0;
  for (const Node& node : graph_.nodes) {
    if (node.op == Op::kBatchNorm) length += 2 * int64_t{node.output_shape[0]};
  }
  return length;
}

void Network::ApplyStatistics(const torch::Tensor& statistics) {
  const torch::NoGradGuard no_gradient;
  int64_t at = 0;
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    if (graph_.nodes[id].op != Op::kBatchNorm) continue;
    const size_t first = graph_.nodes[id].parameters.size();
    for (size_t i = first; i < first + 2; ++i) {
      torch::Tensor& running = tensors_[id][i];
      running.mul_(1 - kBatchNormMomentum)
          .add_(statistics.narrow(0, at, running.numel()), kBatchNormMomentum);
      at += running.numel();
    }
    tensors_[id][first + 2] += 1;
  }
}

absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, const v1::Task& task,
                                                     const Shape& input, const Device& device) {
  GYRUS_ASSIGN_OR_RETURN(Graph graph, MakeGraph(model, task, input));
  return CallTorch("building " + NameOf(model),
                   [&] { return std::make_shared<Network>(std::move(graph), device); });
}

}  // namespace gyrus
