// Ranks, on which several tests are based. Ranks begin with 1, and equal values share the
// mean of their ranks. Values are compared exactly, as doubles: 3.1 - 2.8 and 5.3 - 5.0
// are not equal.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace gyrus {

struct Ranks {
  std::vector<double> of;    // of[i] is the rank of value i.
  std::vector<size_t> ties;  // The sizes of the sets of equal values.

  size_t tied() const;      // How many values are in such sets.
  double tie_term() const;  // The sum of t^3 - t over the sets.
};

Ranks AverageRanks(absl::Span<const double> values);

// The values of all groups, one group after the other.
std::vector<double> Pooled(absl::Span<const absl::Span<const double>> groups);

}  // namespace gyrus
