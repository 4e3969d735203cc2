#include "core/volume/grid_view.h"

#include <algorithm>
#include <cmath>

namespace gyrus {
namespace {

using Matrix3 = std::array<std::array<double, 3>, 3>;

Matrix3 UnitColumns(const Affine& affine) {
  const std::array<double, 3> spacing = SpacingOf(affine);
  Matrix3 m;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      m[row][column] = affine[row][column] / spacing[column];
  }
  return m;
}

// Cofactor of m[row][column].
double Cofactor(const Matrix3& m, int row, int column) {
  const int r1 = (row + 1) % 3, r2 = (row + 2) % 3;
  const int c1 = (column + 1) % 3, c2 = (column + 2) % 3;
  return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
}

double Determinant(const Matrix3& m) {
  return m[0][0] * Cofactor(m, 0, 0) + m[0][1] * Cofactor(m, 0, 1) + m[0][2] * Cofactor(m, 0, 2);
}

// The orthogonal matrix nearest to m, by Newton's iteration X <- (X + X^-T) / 2
// (Higham, "Computing the polar decomposition", 1986). It converges
// quadratically from any m that is not singular, at first by halving.
Matrix3 PolarFactor(Matrix3 m) {
  for (int step = 0; step < 100; ++step) {
    const double determinant = Determinant(m);
    double change = 0;
    Matrix3 next;
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) {
        next[row][column] = (m[row][column] + Cofactor(m, row, column) / determinant) / 2;
        change = std::max(change, std::abs(next[row][column] - m[row][column]));
      }
    }
    m = next;
    if (change < 1e-15) break;
  }
  return m;
}

}  // namespace

double UnitDeterminant(const Affine& affine) { return Determinant(UnitColumns(affine)); }

Axes NearestAxes(const Affine& affine) {
  Matrix3 rotation = PolarFactor(UnitColumns(affine));
  const auto largest = [&rotation](int column) {
    return std::max({std::abs(rotation[0][column]), std::abs(rotation[1][column]),
                     std::abs(rotation[2][column])});
  };
  std::array<int, 3> order = {0, 1, 2};
  std::array<double, 3> sureness = {largest(0), largest(1), largest(2)};
  std::stable_sort(order.begin(), order.end(),
                   [&sureness](int a, int b) { return sureness[a] > sureness[b]; });
  Axes axes;
  std::array<bool, 3> taken = {};
  // Each voxel axis gets the direction in space that it is nearest to. The axis that is
  // closest to a direction chooses first, so that oblique images get a permutation in any
  // case.
  for (const int column : order) {
    int best = -1;
    for (int row = 0; row < 3; ++row) {
      if (taken[row]) continue;
      if (best < 0 || std::abs(rotation[row][column]) > std::abs(rotation[best][column]))
        best = row;
    }
    taken[best] = true;
    axes.along[column] = best;
    axes.backwards[column] = rotation[best][column] < 0;
  }
  return axes;
}

GridView CanonicalView(const GridView& view) {
  const Axes axes = NearestAxes(view.affine);
  GridView canonical = view;
  for (int axis = 0; axis < 3; ++axis) {
    const int to = axes.along[axis];
    const double sign = axes.backwards[axis] ? -1 : 1;
    canonical.shape[to] = view.shape[axis];
    canonical.stride[to] = axes.backwards[axis] ? -view.stride[axis] : view.stride[axis];
    for (int row = 0; row < 3; ++row) {
      canonical.affine[row][to] = sign * view.affine[row][axis] + 0.0;  // Never -0.
    }
    if (!axes.backwards[axis]) continue;
    const int64_t last = view.shape[axis] - 1;
    canonical.first += last * view.stride[axis];
    for (int row = 0; row < 3; ++row) canonical.affine[row][3] += last * view.affine[row][axis];
  }
  return canonical;
}

}  // namespace gyrus
