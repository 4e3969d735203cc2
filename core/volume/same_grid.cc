#include "core/volume/same_grid.h"

#include <algorithm>
#include <cmath>

namespace gyrus {
namespace {

constexpr double kTolerance_mm = 0.01;

}  // namespace

// The difference of two affine maps is largest at a corner of the volume, so eight points
// are enough.
double FarthestCornerMm(const Shape3& shape, const Affine& a, const Affine& b) {
  double farthest = 0;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> voxel;
    for (int axis = 0; axis < 3; ++axis) {
      voxel[axis] = (corner >> axis) & 1 ? static_cast<double>(shape[axis]) - 1 : 0;
    }
    const auto p = PositionOf(a, voxel), q = PositionOf(b, voxel);
    for (int axis = 0; axis < 3; ++axis) {
      farthest = std::max(farthest, std::abs(p[axis] - q[axis]));
    }
  }
  return farthest;
}

bool OnOneGrid(const Shape3& a, const Affine& a_affine, const Shape3& b, const Affine& b_affine) {
  return a == b && FarthestCornerMm(a, a_affine, b_affine) <= kTolerance_mm;
}

bool OnOneGrid(const Volume& a, const Volume& b) {
  return OnOneGrid(a.shape, a.affine, b.shape, b.affine);
}

}  // namespace gyrus
