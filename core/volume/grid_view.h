// Finds the anatomical directions of a stored volume's axes, and views its voxels along
// other axes without copying them.
#pragma once

#include <array>
#include <cstdint>

#include "core/volume/volume.h"

namespace gyrus {

// For each axis of a grid, the axis of space (0 x, 1 y, 2 z) it runs most nearly
// along, each taken once, and whether it runs backwards (to L, P, I).
struct Axes {
  std::array<int, 3> along = {0, 1, 2};
  std::array<bool, 3> backwards = {false, false, false};
};

// Takes the axes of the rotation nearest to the affine (its polar factor), as nibabel's
// io_orientation: the axis that is surest of its direction chooses first. The
// affine must not be singular.
Axes NearestAxes(const Affine& affine);

// Determinant of the affine's columns, each scaled to length 1: 0 when they lie
// in a plane, -1 or 1 when they are perpendicular. NaN for a column of length 0.
double UnitDeterminant(const Affine& affine);

// Stored voxels as a grid: voxel (i, j, k) is the stored one with number
// first + i * stride[0] + j * stride[1] + k * stride[2]. Strides may be negative.
struct GridView {
  Shape3 shape;
  Affine affine;
  int64_t first;
  std::array<int64_t, 3> stride;
};

// The same voxels, in the same places in space, seen along Right, Anterior,
// Superior.
GridView CanonicalView(const GridView& view);

}  // namespace gyrus
