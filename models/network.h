// A network that computes what its graph says.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/network/graph.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Parameters and buffers are those of the graph, under its names. One thread.
class Network : public torch::nn::Module {
 public:
  // Weights are not set; see InitialiseWeights.
  explicit Network(Graph graph);

  const Graph& graph() const { return graph_; }

  // [items, channels, x, y, z] to [items, outputs], float32.
  virtual torch::Tensor forward(torch::Tensor volumes);

  // Dropout draws from a generator of the network's own, which begins anew here:
  // what is left out depends on the seed and on nothing else in the process.
  void Reseed(uint64_t seed);

  // Batch norms change no running mean by themselves: leaves are trained on many
  // ranks, and the means are to be those of one. `forward` in training keeps what
  // each saw, mean and unbiased variance, one after the other; this takes it.
  // Undefined where there is no batch norm.
  torch::Tensor TakeStatistics();
  // Moves running means and variances to a leaf's, with PyTorch's momentum.
  void ApplyStatistics(const torch::Tensor& statistics);
  // How many numbers TakeStatistics gives; 0 without batch norms.
  int64_t StatisticsLength() const;

 private:
  Graph graph_;
  // Of each node, in its own order: parameters, then buffers.
  std::vector<std::vector<torch::Tensor>> tensors_;
  // The last node that reads a node's output.
  std::vector<NodeId> last_use_;
  std::vector<torch::Tensor> statistics_;
  at::Generator generator_;
};

// INVALID_ARGUMENT: those of MakeGraph.
absl::StatusOr<std::shared_ptr<Network>> MakeNetwork(const v1::Model& model, const v1::Task& task,
                                                     const Shape& input);

}  // namespace gyrus
