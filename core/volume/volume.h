// The type of a 3D image: float32 voxels on a grid whose position in space is known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>
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

// Voxel (i, j, k), which may lie between voxels, in millimetres.
std::array<double, 3> PositionOf(const Affine& affine, const std::array<double, 3>& voxel);

// Leaves new elements unset: clearing a volume that is about to be filled is a
// pass over memory for nothing.
template <typename T>
struct UnsetAllocator : std::allocator<T> {
  template <typename U>
  void construct(U* p) {
    ::new (static_cast<void*>(p)) U;
  }
  template <typename U, typename... Args>
  void construct(U* p, Args&&... args) {
    ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }
};

// Voxels(n) and resize(n) leave new voxels unset; assign(n, 0) clears them.
using Voxels = std::vector<float, UnsetAllocator<float>>;

// One channel. C order: z runs fastest, voxel (i, j, k) is
// voxels[(i * shape[1] + j) * shape[2] + k]. Thread-compatible.
struct Volume {
  Shape3 shape = {0, 0, 0};
  Affine affine = {};
  Voxels voxels;

  size_t size() const { return voxels.size(); }
  size_t Index(int64_t i, int64_t j, int64_t k) const {
    return static_cast<size_t>((i * shape[1] + j) * shape[2] + k);
  }
};

// SHA-256 over shape (three numbers of eight bytes), then float32 voxels, little
// endian, -0 taken as 0; not over the affine. Equal for duplicates, whatever file
// type, byte order or axis order they came in. Taken of canonical (RAS) volumes
// only.
std::string VoxelDigest(const Volume& canonical);

}  // namespace gyrus
