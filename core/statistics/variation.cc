#include "core/statistics/variation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/statistics/sums.h"

namespace gyrus {

Variation VariationOf(absl::Span<const absl::Span<const double>> rows) {
  const size_t columns = rows.front().size();
  Variation variation{.rows = static_cast<double>(rows.size()),
                      .columns = static_cast<double>(columns)};
  std::vector<double> row_means;
  std::vector<double> column_means(columns);
  double largest = 0;
  for (const absl::Span<const double> row : rows) {
    row_means.push_back(Sum(row) / variation.columns);
    for (size_t i = 0; i < columns; ++i) column_means[i] += row[i];
    largest = std::max(largest, LargestMagnitude(row));
  }
  for (double& mean : column_means) mean /= variation.rows;
  const double mean = Sum(row_means) / variation.rows;
  variation.between_rows = variation.columns * SumOfSquaredDeviations(row_means);
  variation.between_columns = variation.rows * SumOfSquaredDeviations(column_means);
  double largest_residual = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t c = 0; c < columns; ++c) {
      const double residual = rows[r][c] - row_means[r] - column_means[c] + mean;
      variation.residual += residual * residual;
      largest_residual = std::max(largest_residual, std::abs(residual));
    }
  }
  const double rounding =
      (8 + variation.rows + variation.columns) * std::numeric_limits<double>::epsilon() * largest;
  if (largest_residual <= rounding) variation.residual = 0;
  return variation;
}

}  // namespace gyrus
