// The steps of a recipe that need no other library. Pure; each gives the same
// bits on every machine of a numeric kind.
#pragma once

#include <array>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Grid that Resample gives: the smallest with this spacing that covers the
// extent of `shape` voxels of `from_mm` (to a thousandth of a voxel), with the
// same centre.
Shape3 ResampledShape(const Shape3& shape, const std::array<double, 3>& from_mm,
                      const std::array<double, 3>& to_mm);

// Trilinear interpolation at the new grid's voxel centres; edge voxels are
// extended. Axes that get coarser are first smoothed with a Gaussian of
// sigma = 0.5 * sqrt((to/from)^2 - 1) voxels, which keeps aliasing out.
// Not for oblique-to-axes rotation: the axes stay the volume's own.
Volume Resample(const Volume& volume, const std::array<double, 3>& to_mm);

// The same grid, each voxel that of the nearest centre (of two equally near
// ones the later): for labels, between which nothing lies.
Volume ResampleNearest(const Volume& volume, const std::array<double, 3>& to_mm);

// Cuts or zero-fills around `centre` (in voxels of `volume`, may be half) to
// `shape`; the affine moves along. Where the new middle would lie between two
// voxels it is rounded away from 0, so that cutting undoes filling.
Volume CropOrPad(const Volume& volume, const Shape3& shape, const std::array<double, 3>& centre);

// Middle of the grid, and of the box around voxels that are not zero in any of
// `volumes` (of one shape; the grid's middle where all are zero).
std::array<double, 3> GridCentre(const Shape3& shape);
std::array<double, 3> BrainCentre(absl::Span<const Volume* const> volumes);

// In place: mean 0, SD 1 (ddof 0; sums in double). INSIDE_BRAIN takes the
// voxels that are not zero and leaves the others zero.
// INVALID_ARGUMENT: there are none, or all have one value.
absl::Status ZScore(Volume& volume, v1::Inside inside);

// a / b as `spec` says (see v1::Ratio); `a` and `b` on one grid. Order: guard,
// clip, calibrate. Percentiles are interpolated as numpy does by default; the
// guard's median is over voxels where both are positive.
// INVALID_ARGUMENT: not on one grid, nowhere defined, or percentiles that are
// not two rising numbers of 0 to 100.
absl::StatusOr<Volume> Ratio(const Volume& a, const Volume& b, const v1::Ratio& spec);

}  // namespace gyrus
