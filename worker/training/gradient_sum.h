// Adds the gradients of a batch: first those of this rank's leaves (micro-batches),
// then those of all ranks. Both follow the same binary tree, so that the sum has the
// same bits for every number of ranks.
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

// The order in which leaves are added. kSequential exists so that a test can show
// that the order influences the bits.
enum class SumOrder { kTree, kSequential };

// Numbers that are added together with the gradients, so that all ranks know them at
// the same step without a further message. Each becomes the sum over the ranks that
// have a leaf; rank 0 always has one.
struct StepTotals {
  float loss = 0;         // Not finite where any rank's is not.
  float checkpoints = 0;  // Above 0 if rank 0 wants a resume checkpoint of this step.
};

// One thread; `network` and `collective` must outlive it.
class GradientSum {
 public:
  GradientSum(Network& network, Collective& collective, SumOrder order);

  // Takes the gradients that the last backward pass left in the parameters.
  void PushLeaf();

  // Returns the sum over all leaves of all ranks, on every rank; `ranks_present` ranks
  // had a leaf. Replaces this rank's `totals` by those of all ranks. The next PushLeaf
  // begins a new sum. Errors are those of Collective and of torch.
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
