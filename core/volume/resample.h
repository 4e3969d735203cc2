// Resamples a volume to a grid of another spacing. Pure; it gives the same bits on every
// machine of a numeric kind.
#pragma once

#include <array>

#include "core/volume/volume.h"

namespace gyrus {

// The grid that Resample gives: the smallest with spacing `to_mm` that covers the
// extent of `shape` voxels of `from_mm` (to a thousandth of a voxel), with the same
// centre.
Shape3 ResampledShape(const Shape3& shape, const std::array<double, 3>& from_mm,
                      const std::array<double, 3>& to_mm);

// Trilinear interpolation at the new grid's voxel centres; edge voxels are
// extended. Axes that get coarser are first smoothed with a Gaussian of
// sigma = 0.5 * sqrt((to/from)^2 - 1) voxels, which keeps aliasing out.
// Not for oblique-to-axes rotation: the axes stay the volume's own.
Volume Resample(const Volume& volume, const std::array<double, 3>& to_mm);

// The same grid, where each voxel is a copy of the nearest old one (of two equally
// near ones the later). For labels, which must not be interpolated.
Volume ResampleNearest(const Volume& volume, const std::array<double, 3>& to_mm);

// The same grid, for a mask of zeros and ones: trilinear interpolation without the
// Gaussian, and then one where that is at least 0.5. A Gaussian would take what is thin
// away from the brain.
Volume ResampleMask(const Volume& mask, const std::array<double, 3>& to_mm);

}  // namespace gyrus
