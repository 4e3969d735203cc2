// Decides whether two images are on the same grid, so that equal indices mean the same
// place.
#pragma once

#include "core/volume/volume.h"

namespace gyrus {

// How far a corner of the grid lies from itself under the other affine, at the most.
// Affines whose corners agree agree everywhere.
double FarthestCornerMm(const Shape3& shape, const Affine& a, const Affine& b);

// Whether both have as many voxels, and no corner of one lies more than 0.01 mm
// from that of the other.
bool OnOneGrid(const Shape3& a, const Affine& a_affine, const Shape3& b, const Affine& b_affine);
bool OnOneGrid(const Volume& a, const Volume& b);

}  // namespace gyrus
