// A 3D image on a grid in space.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace gyrus {

// Voxels along x, y, z.
using Shape3 = std::array<int64_t, 3>;

// Voxel index (i, j, k, 1) -> millimetres (x to Right, y to Anterior,
// z to Superior): the upper three rows of a 4 x 4 matrix, row by row.
using Affine = std::array<std::array<double, 4>, 3>;

// Lengths of the columns: millimetres between neighbours along each axis.
std::array<double, 3> SpacingOf(const Affine& affine);

// The first three letters of the axes: "RAS" when i runs to the Right, j to
// Anterior, k to Superior; for oblique grids the nearest axes.
std::string OrientationOf(const Affine& affine);

// One channel. C order: z runs fastest, voxel (i, j, k) is
// voxels[(i * shape[1] + j) * shape[2] + k]. Thread-compatible.
struct Volume {
  Shape3 shape = {0, 0, 0};
  Affine affine = {};
  std::vector<float> voxels;

  size_t size() const { return voxels.size(); }
  size_t Index(int64_t i, int64_t j, int64_t k) const {
    return static_cast<size_t>((i * shape[1] + j) * shape[2] + k);
  }
};

// SHA-256 over shape, then float32 voxels, little endian; not over the affine.
// Equal for twins, whatever file type, byte order or axis order they came in.
// Taken of canonical (RAS) volumes only.
std::string VoxelDigest(const Volume& canonical);

}  // namespace gyrus
