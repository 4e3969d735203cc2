// The gradient of a batch: leaves along the tree, then ranks along the tree.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/epoch/tree.h"
#include "models/network.h"
#include "worker/collective/collective.h"
#include "worker/training/gradient_tree.h"
#include "worker/training/optimizer.h"

namespace gyrus {

// The order in which leaves are added. kSequential exists so that a test can
// show that the order decides bits.
enum class SumOrder { kTree, kSequential };

// Numbers that travel with the gradients, so that all ranks learn them at the same
// step and at no cost. Each becomes the sum over the ranks that have a leaf; rank 0
// always has one.
struct StepTotals {
  float loss = 0;         // Not finite where any rank's is not.
  float checkpoints = 0;  // Above 0: rank 0 wants a resume checkpoint of this step.
};

// One thread; `network` and `collective` must outlive it.
class GradientSum {
 public:
  GradientSum(Network& network, Collective& collective, SumOrder order);

  // Takes the gradients that the last backward pass left in the parameters.
  void PushLeaf();

  // The sum over all leaves of all ranks, on every rank; `ranks_present` of
  // them had one. `totals`, this rank's, become those of all. Starts anew. Errors
  // are those of Collective and of torch.
  absl::StatusOr<Gradients> Finish(int ranks_present, StepTotals& totals);

 private:
  Gradients TakeGradients();

  const Device& device_;
  std::vector<torch::Tensor> parameters_;
  SumOrder order_;
  TreeSum<Gradients> tree_;
  std::optional<Gradients> sequential_;
  TreeReducer reducer_;
};

}  // namespace gyrus
