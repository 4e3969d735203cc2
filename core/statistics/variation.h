// Splits the variation in a table of conditions (rows) and subjects (columns) into sums
// of squares, for analyses of variance.
#pragma once

#include <vector>

#include "absl/types/span.h"

namespace gyrus {

struct Variation {
  double between_rows = 0;
  double between_columns = 0;
  double residual = 0;  // Exactly 0 if it is no more than rounding.
  double rows = 0;
  double columns = 0;

  double residual_df() const { return (rows - 1) * (columns - 1); }
};

// All rows must have the same length, and the table must not be empty.
Variation VariationOf(absl::Span<const absl::Span<const double>> rows);

}  // namespace gyrus
