// Crops or pads a volume to another number of voxels of the same size. Pure.
#pragma once

#include <array>

#include "core/volume/volume.h"

namespace gyrus {

// Cuts around `centre` (in voxels of `volume`, may be half) to `shape`, and gives the
// voxels that `volume` does not have the value `fill`; the affine moves along. Where
// the new middle would lie between two voxels it is rounded away from 0, so that
// cutting undoes filling.
Volume CropOrPad(const Volume& volume, const Shape3& shape, const std::array<double, 3>& centre,
                 float fill = 0);

// The middle of the grid, in voxels.
std::array<double, 3> GridCentre(const Shape3& shape);
// The middle of the box around the brain (see core/volume/brain_mask.h). It is the
// grid's middle where the mask is empty.
std::array<double, 3> BrainCentre(const Volume& mask);

}  // namespace gyrus
