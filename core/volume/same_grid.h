// Whether images lie on each other, voxel for voxel.
#pragma once

#include "core/volume/volume.h"

namespace gyrus {

// As many voxels, and no corner of one is more than 0.01 mm from that of the
// other.
bool OnOneGrid(const Shape3& a, const Affine& a_affine, const Shape3& b, const Affine& b_affine);
bool OnOneGrid(const Volume& a, const Volume& b);

}  // namespace gyrus
