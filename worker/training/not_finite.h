// Detects losses and weights that are not finite (infinite or NaN), and makes every
// rank fail with the same message.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "models/network.h"
#include "models/weights/safetensors.h"
#include "worker/collective/collective.h"
#include "worker/training/leaf.h"

namespace gyrus {

// Thread-compatible. The arguments outlive it.
class NotFiniteLoss {
 public:
  NotFiniteLoss(Network& network, Collective& collective)
      : network_(network), collective_(collective) {}

  // Checks the loss of a leaf of this rank; `doing` names step and epoch. For the first
  // loss that is not finite it finds the first tensor of the network that is not.
  // Errors are those of torch.
  absl::Status CheckLoss(double loss, const std::string& doing, const Leaf& leaf);

  // All ranks call it together when the sum of their losses is not finite. Returns
  // OUT_OF_RANGE, shared (failure.h), with the message of the first rank that has such
  // a loss.
  absl::Status Failure(uint32_t step) const;

 private:
  Network& network_;
  Collective& collective_;
  std::string first_;  // This rank's message; empty where its losses are finite.
};

// Checks the weights, which are the same on all ranks.
// OUT_OF_RANGE, shared: a weight is not finite. The message names the first tensor.
absl::Status CheckWeightsFinite(const NamedTensors& weights);

}  // namespace gyrus
