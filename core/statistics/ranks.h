// Ranks from 1; equal values share the mean of theirs. Values are compared as
// the doubles they are: 3.1 - 2.8 and 5.3 - 5.0 are not equal.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace gyrus {

struct Ranks {
  std::vector<double> of;    // of[i] is the rank of value i.
  std::vector<size_t> ties;  // Sizes of the sets of equal values, from two up.

  size_t tied() const;      // Values in such sets.
  double tie_term() const;  // sum t^3 - t over them.
};

Ranks AverageRanks(absl::Span<const double> values);

// The values of all groups one after another.
std::vector<double> Pooled(absl::Span<const absl::Span<const double>> groups);

}  // namespace gyrus
