// Losses and weights that are not finite: what all ranks say of them alike.
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

  // Of this rank's leaf; `doing` names step and epoch. If it is the first loss that is
  // not finite, finds the tensor where that begins. Errors: torch's.
  absl::Status CheckLoss(double loss, const std::string& doing, const Leaf& leaf);

  // All ranks call it together, once the sum of their losses is not finite.
  // OUT_OF_RANGE, shared (failure.h): what the first rank that has such a loss says.
  absl::Status Failure(uint32_t step) const;

 private:
  Network& network_;
  Collective& collective_;
  std::string first_;  // What this rank says; empty: its losses are finite.
};

// Of the last weights, which all ranks have alike.
// OUT_OF_RANGE, shared: one is not finite; names the first tensor.
absl::Status CheckWeightsFinite(const NamedTensors& weights);

}  // namespace gyrus
