// The gradient of a batch: leaves along the tree, then ranks along the tree.
#pragma once

#include "absl/status/statusor.h"
#include "core/epoch/tree.h"
#include "models/network.h"
#include "worker/collective/collective.h"
#include "worker/collective/gradient_tree.h"
#include "worker/trainer/optimizer.h"

namespace gyrus {

// The order in which leaves are added. kSequential exists so that a test can
// show that the order decides bits.
enum class SumOrder { kTree, kSequential };

// One thread; `network` and `collective` must outlive it.
class GradientSum {
 public:
  GradientSum(Network& network, Collective& collective, SumOrder order);

  // Takes the gradients that the last backward pass left in the parameters.
  void PushLeaf();

  // The sum over all leaves of all ranks, on every rank; `ranks_present` of
  // them had one. `loss`, this rank's, becomes the sum over those ranks too, so
  // that all know when one is not finite. Starts anew. Errors are those of
  // Collective.
  absl::StatusOr<Gradients> Finish(int ranks_present, float& loss);

 private:
  Gradients TakeGradients();

  std::vector<torch::Tensor> parameters_;
  SumOrder order_;
  TreeSum<Gradients> tree_;
  std::optional<Gradients> sequential_;
  TreeReducer reducer_;
};

}  // namespace gyrus
