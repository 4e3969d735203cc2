// A network that computes what its graph says.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/network/graph.h"
#include "gyrus/v1/spec.pb.h"
#include "models/device.h"

namespace gyrus {

// What a network says of items; undefined where its task does not ask for it.
struct Outputs {
  torch::Tensor numbers;         // [items, outputs]
  torch::Tensor segmentation;    // [items, 1 + classes, x, y, z], before the softmax
  torch::Tensor reconstruction;  // [items, channels, x, y, z]
  torch::Tensor log_variances;   // [outputs], of uncertainty weighting
};

// Parameters and buffers are those of the graph, under its names; they live on
// the network's device, and so must what it is given. One thread.
class Network : public torch::nn::Module {
 public:
  // Weights are not set; see InitialiseWeights.
  explicit Network(Graph graph, const Device& device = CpuDevice());

  const Graph& graph() const { return graph_; }
  const Device& device() const { return device_; }

  // Of volumes [items, channels, x, y, z] and, where the graph has covariates,
  // of those [items, covariates]; float32.
  virtual Outputs Forward(torch::Tensor volumes, torch::Tensor covariates = {});
  // The same, and keeps what one node gives, through which gradients can be taken.
  struct Kept {
    NodeId node = 0;
    torch::Tensor* output = nullptr;
  };
  Outputs ForwardAndKeep(torch::Tensor volumes, torch::Tensor covariates, Kept kept);
  // Its numbers.
  torch::Tensor forward(torch::Tensor volumes, torch::Tensor covariates = {});

  // "layer1.0.conv1.weight", or else "the output of layer1.0.conv1": the first
  // tensor that these items lead to, in the order of the forward pass, in which
  // a number is not finite. Empty: there is none.
  std::string FirstNotFinite(torch::Tensor volumes, torch::Tensor covariates = {});

  // Dropout draws from a generator of the network's own, which begins anew here:
  // what is left out depends on the seed and on nothing else in the process.
  void Reseed(uint64_t seed);

  // Batch norms change no running mean by themselves: leaves are trained on many
  // ranks, and the means are to be those of one. `Answer` in training keeps what
  // each saw, mean and unbiased variance, one after the other; this takes it.
  // Undefined where there is no batch norm.
  torch::Tensor TakeStatistics();
  // Moves running means and variances to a leaf's, with PyTorch's momentum.
  void ApplyStatistics(const torch::Tensor& statistics);
  // How many numbers TakeStatistics gives; 0 without batch norms.
  int64_t StatisticsLength() const;

 private:
  struct Inputs {
    torch::Tensor volumes;
    torch::Tensor covariates;
  };
  // Sees each node's output as it comes, and may put another in its place; false
  // ends the run.
  using Observer = absl::FunctionRef<bool(NodeId id, torch::Tensor& output)>;
  Outputs Run(Inputs given, Observer observe);
  torch::Tensor Compute(NodeId id, const Inputs& given, std::vector<torch::Tensor>& values);
  std::string NotFiniteOf(NodeId id, const torch::Tensor& output) const;

  Graph graph_;
  const Device& device_;
  // Of each node, in its own order: parameters, then buffers.
  std::vector<std::vector<torch::Tensor>> tensors_;
  // The last node that reads a node's output.
  std::vector<NodeId> last_use_;
  std::vector<torch::Tensor> statistics_;
  at::Generator generator_;
};

// INVALID_ARGUMENT: those of MakeGraph.
absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, const v1::Task& task,
                                                     const Shape& input,
                                                     const Device& device = CpuDevice());

}  // namespace gyrus
