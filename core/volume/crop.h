// Crops or pads a volume to another number of voxels of the same size. Pure.
#pragma once

#include <array>

#include "absl/types/span.h"
#include "core/volume/volume.h"

namespace gyrus {

// Cuts or zero-fills around `centre` (in voxels of `volume`, may be half) to
// `shape`; the affine moves along. Where the new middle would lie between two
// voxels it is rounded away from 0, so that cutting undoes filling.
Volume CropOrPad(const Volume& volume, const Shape3& shape, const std::array<double, 3>& centre);

// The middle of the grid, in voxels.
std::array<double, 3> GridCentre(const Shape3& shape);
// The middle of the box around all voxels that are not zero in at least one of
// `volumes`, which have one shape. It is the grid's middle where all are zero.
std::array<double, 3> BrainCentre(absl::Span<const Volume* const> volumes);

}  // namespace gyrus
