// Adds the gradients of all ranks along a binary tree over the ranks, so that every
// rank gets the same bits, whatever the backend and the number of ranks.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "models/device.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Replaces each rank's values by the sum over ranks 0..present-1, taken along
// the tree over ranks. The values are many float32 tensors without holes (the
// gradients of the parameters), on `device` and of the same lengths on every rank.
// Ranks from `present` on have no leaf: what they hold is ignored and replaced.
//
// Works in rounds of kRoundFloats values: each rank gets one chunk of every
// rank's values, sums it along the tree and gives the sum to all, which is the
// traffic of an all-reduce. Errors are those of Collective; then the values are
// undefined. Throws as torch does. One thread; the arguments must outlive it.
class TreeReducer {
 public:
  TreeReducer(Collective& collective, const Device& device);
  absl::Status SumOverRanks(const std::vector<torch::Tensor>& values, int present);

 private:
  absl::Status Round(int64_t chunk, int present);

  Collective& collective_;
  const Device& device_;
  torch::Tensor packed_;    // This rank's values, then the sums.
  torch::Tensor received_;  // One chunk of every rank.
};

}  // namespace gyrus
