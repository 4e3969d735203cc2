// A neural network that computes a graph of core/network with torch.
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

// The outputs of a network for a batch of items. A tensor is undefined where the task
// does not ask for it.
struct Outputs {
  torch::Tensor numbers;         // [items, outputs]
  torch::Tensor segmentation;    // [items, 1 + classes, x, y, z], before the softmax
  torch::Tensor reconstruction;  // [items, channels, x, y, z]
  torch::Tensor log_variances;   // [outputs], of uncertainty weighting
};

// The parameters and buffers are those that the graph names. They live on the
// network's device, and its inputs must live there too. One thread.
class Network : public torch::nn::Module {
 public:
  // The constructor does not set the weights; see InitialiseWeights.
  explicit Network(Graph graph, const Device& device = CpuDevice());

  const Graph& graph() const { return graph_; }
  const Device& device() const { return device_; }

  // Computes the outputs for volumes [items, channels, x, y, z] and, where the graph has
  // covariates, those [items, covariates]; all float32.
  virtual Outputs Forward(torch::Tensor volumes, torch::Tensor covariates = {});
  // Forward, which also keeps the output of one node, so that the gradient with respect
  // to it can be taken.
  struct Kept {
    NodeId node = 0;
    torch::Tensor* output = nullptr;
  };
  Outputs ForwardAndKeep(torch::Tensor volumes, torch::Tensor covariates, Kept kept);
  // Returns only Outputs::numbers.
  torch::Tensor forward(torch::Tensor volumes, torch::Tensor covariates = {});

  // Finds the first tensor, in the order of the forward pass over these items, that has
  // a number that is not finite: "layer1.0.conv1.weight" for a weight, "the output of
  // layer1.0.conv1" for an activation. Returns an empty text where there is none.
  std::string FirstNotFinite(torch::Tensor volumes, torch::Tensor covariates = {});

  // Reseeds the network's own random number generator, which dropout uses. The dropout
  // masks then depend on the seed and on nothing else in the process.
  void Reseed(uint64_t seed);

  // Returns the means and unbiased variances that the batch norms have computed in the
  // last forward pass in training mode, concatenated; undefined without batch norms.
  // The forward pass does not update running means by itself, because leaves are trained
  // on several ranks and the result must be that of a single rank.
  torch::Tensor TakeStatistics();
  // Updates the running means and variances with the statistics of one leaf, using
  // PyTorch's momentum.
  void ApplyStatistics(const torch::Tensor& statistics);
  // The number of values that TakeStatistics returns; 0 without batch norms.
  int64_t StatisticsLength() const;

 private:
  struct Inputs {
    torch::Tensor volumes;
    torch::Tensor covariates;
  };
  // Called with the output of each node. It may replace the output, and ends the run by
  // returning false.
  using Observer = absl::FunctionRef<bool(NodeId id, torch::Tensor& output)>;
  Outputs Run(Inputs given, Observer observe);
  torch::Tensor Compute(NodeId id, const Inputs& given, std::vector<torch::Tensor>& values);
  std::string NotFiniteOf(NodeId id, const torch::Tensor& output) const;

  Graph graph_;
  const Device& device_;
  // The tensors of each node, in the node's order: parameters, then buffers.
  std::vector<std::vector<torch::Tensor>> tensors_;
  // For each node, the last node that reads its output.
  std::vector<NodeId> last_use_;
  std::vector<torch::Tensor> statistics_;
  at::Generator generator_;
};

// Builds the graph and the network. INVALID_ARGUMENT: as MakeGraph.
absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, const v1::Task& task,
                                                     const Shape& input,
                                                     const Device& device = CpuDevice());

}  // namespace gyrus
