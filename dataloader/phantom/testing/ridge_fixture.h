// Ridge regression, for tests that ask what simple numbers tell.
#pragma once

#include <cstddef>
#include <vector>

namespace gyrus {

using Matrix = std::vector<std::vector<double>>;  // rows of equal length

// Mean absolute error of ridge regression (features standardised by the rows
// trained on, lambda 1) relative to predicting the mean, over all folds; row i
// is tested in fold i % folds.
double RidgeRatio(const Matrix& features, const std::vector<double>& target, size_t folds);

}  // namespace gyrus
