#include "core/volume/same_grid.h"

#include <cmath>

namespace gyrus {
namespace {

constexpr double kTolerance_mm = 0.01;

}  // namespace

bool OnOneGrid(const Shape3& a, const Affine& a_affine, const Shape3& b, const Affine& b_affine) {
  if (a != b) return false;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> voxel;
    for (int axis = 0; axis < 3; ++axis) {
      voxel[axis] = (corner >> axis) & 1 ? static_cast<double>(a[axis]) - 1 : 0;
    }
    const auto at = PositionOf(a_affine, voxel);
    const auto bt = PositionOf(b_affine, voxel);
    for (int axis = 0; axis < 3; ++axis) {
      if (std::abs(at[axis] - bt[axis]) > kTolerance_mm) return false;
    }
  }
  return true;
}

bool OnOneGrid(const Volume& a, const Volume& b) {
  return OnOneGrid(a.shape, a.affine, b.shape, b.affine);
}

}  // namespace gyrus
