// Turns a volume of any orientation to RAS (axes to Right, Anterior, Superior), without
// interpolation.
#pragma once

#include "core/volume/volume.h"

namespace gyrus {

// Permutes and flips axes so that i, j, k run most nearly to Right, Anterior,
// Superior, and changes the affine alike, so that every voxel stays where it
// is in space. The same result as nibabel's as_closest_canonical.
Volume ToCanonical(Volume volume);

}  // namespace gyrus
