// Sums over ranks along the gradient tree: the same bits on every rank,
// whatever the backend and the number of ranks.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Replaces each rank's values by the sum over ranks 0..present-1, taken along
// the tree over ranks. The values are many pieces of memory (the gradients of
// the parameters), of the same lengths on every rank. Ranks from `present` on
// have no leaf: what they hold is ignored and replaced.
//
// Works in rounds of kRoundFloats values: each rank gets one chunk of every
// rank's values, sums it along the tree and gives the sum to all, which is the
// traffic of an all-reduce. Errors are those of Collective; then the values are
// undefined.
class TreeReducer {
 public:
  explicit TreeReducer(Collective& collective);
  absl::Status SumOverRanks(const std::vector<absl::Span<float>>& values, int present);

 private:
  absl::Status Round(size_t chunk, int present);

  Collective& collective_;
  std::vector<float> packed_;    // This rank's values, then the sums.
  std::vector<float> received_;  // One chunk of every rank.
};

}  // namespace gyrus
