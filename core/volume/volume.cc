#include "core/volume/volume.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/digest.h"
#include "core/volume/grid_view.h"

namespace gyrus {

std::array<double, 3> SpacingOf(const Affine& affine) {
  std::array<double, 3> spacing;
  for (int axis = 0; axis < 3; ++axis) {
    double squares = 0;
    for (const auto& row : affine) squares += row[axis] * row[axis];
    spacing[axis] = std::sqrt(squares);
  }
  return spacing;
}

std::string OrientationOf(const Affine& affine) {
  const Axes axes = NearestAxes(affine);
  std::string letters;
  for (int axis = 0; axis < 3; ++axis) {
    letters += axes.backwards[axis] ? "LPI"[axes.along[axis]] : "RAS"[axes.along[axis]];
  }
  return letters;
}

std::array<double, 3> PositionOf(const Affine& affine, const std::array<double, 3>& voxel) {
  std::array<double, 3> position;
  for (int row = 0; row < 3; ++row) {
    const auto& a = affine[row];
    position[row] = a[0] * voxel[0] + a[1] * voxel[1] + a[2] * voxel[2] + a[3];
  }
  return position;
}

std::string VoxelDigest(const Volume& canonical) {
  static_assert(std::endian::native == std::endian::little);
  Sha256 digest;
  for (const int64_t size : canonical.shape) digest.UpdateNumber(static_cast<uint64_t>(size));
  std::array<float, 4096> chunk;
  for (size_t begin = 0; begin < canonical.size(); begin += chunk.size()) {
    const size_t size = std::min(chunk.size(), canonical.size() - begin);
    // -0 + 0 is 0; every other value stays.
    for (size_t i = 0; i < size; ++i) chunk[i] = canonical.voxels[begin + i] + 0.0f;
    digest.Update({reinterpret_cast<const char*>(chunk.data()), size * sizeof(float)});
  }
  return digest.Finish();
}

}  // namespace gyrus
