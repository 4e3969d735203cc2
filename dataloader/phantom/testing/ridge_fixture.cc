#include "dataloader/phantom/testing/ridge_fixture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gyrus {
namespace {

// Gaussian elimination; `a` is positive definite, so it needs no pivots.
std::vector<double> Solve(Matrix a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t column = 0; column < n; ++column) {
    for (size_t r = column + 1; r < n; ++r) {
      const double factor = a[r][column] / a[column][column];
      for (size_t c = column; c < n; ++c) a[r][c] -= factor * a[column][c];
      b[r] -= factor * b[column];
    }
  }
  for (size_t r = n; r-- > 0;) {
    for (size_t c = r + 1; c < n; ++c) b[r] -= a[r][c] * b[c];
    b[r] /= a[r][r];
  }
  return b;
}

// Standardises each column of `features` by its rows in `train`.
Matrix Standardised(Matrix features, const std::vector<size_t>& train) {
  for (size_t f = 0; f < features[0].size(); ++f) {
    double sum = 0, squares = 0;
    for (const size_t row : train) {
      sum += features[row][f];
      squares += features[row][f] * features[row][f];
    }
    const double mean = sum / train.size();
    const double sd = std::sqrt(squares / train.size() - mean * mean);
    for (auto& row : features) row[f] = (row[f] - mean) / sd;
  }
  return features;
}

struct FoldError {
  double ridge = 0;
  double baseline = 0;  // of the mean of `train`
};

// Sums of absolute errors over the rows that are not in `train`; lambda is 1.
FoldError ErrorOf(const Matrix& features, const std::vector<double>& target,
                  const std::vector<size_t>& train) {
  const Matrix x = Standardised(features, train);
  const size_t n = x[0].size();
  double mean = 0;
  for (const size_t row : train) mean += target[row] / train.size();
  Matrix normal(n, std::vector<double>(n, 0.0));
  std::vector<double> right(n, 0.0);
  for (size_t f = 0; f < n; ++f) normal[f][f] = 1;
  for (const size_t row : train) {
    for (size_t f = 0; f < n; ++f) {
      right[f] += x[row][f] * (target[row] - mean);
      for (size_t g = 0; g < n; ++g) normal[f][g] += x[row][f] * x[row][g];
    }
  }
  const std::vector<double> weights = Solve(normal, right);
  FoldError error;
  for (size_t row = 0; row < target.size(); ++row) {
    if (std::count(train.begin(), train.end(), row) > 0) continue;
    const double predicted =
        mean + std::inner_product(weights.begin(), weights.end(), x[row].begin(), 0.0);
    error.ridge += std::abs(predicted - target[row]);
    error.baseline += std::abs(mean - target[row]);
  }
  return error;
}

}  // namespace

double RidgeRatio(const Matrix& features, const std::vector<double>& target, size_t folds) {
  FoldError total;
  for (size_t fold = 0; fold < folds; ++fold) {
    std::vector<size_t> train;
    for (size_t row = 0; row < target.size(); ++row) {
      if (row % folds != fold) train.push_back(row);
    }
    const FoldError error = ErrorOf(features, target, train);
    total.ridge += error.ridge;
    total.baseline += error.baseline;
  }
  return total.ridge / total.baseline;
}

}  // namespace gyrus
