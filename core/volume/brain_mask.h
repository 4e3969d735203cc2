// Which voxels of an image show the brain. A mask is a volume of its own, with 1
// inside of the brain and 0 outside, on the grid of the images that it belongs to. It
// is found once, from the voxels as they were stored; after an interpolation no voxel
// says any more whether it is background. Pure.
#pragma once

#include <optional>

#include "absl/types/span.h"
#include "core/volume/volume.h"

namespace gyrus {

// Whether a voxel of a mask lies inside.
inline bool IsInside(float voxel) { return voxel >= 0.5f; }

// The value that an image has outside of the brain: the one that at least half of the
// voxels on the twelve edges of its grid have. It is 0 for most skull-stripped images,
// and another number where 0 was stored with an intercept. No value: the edges
// differ, because of noise or because the head reaches beyond the grid.
std::optional<float> BackgroundOf(const Volume& image);

// 1 where `image` is not `background`.
Volume MaskAgainst(const Volume& image, float background);

// The brain as the images of one sample show it, which are on one grid: voxels that are
// not background in at least one of those that have a background. Where none has one,
// every voxel.
Volume FindBrain(absl::Span<const Volume* const> images);

// A mask from a file, whatever its numbers are (0 and 1, 0 and 255, shares, labels): 1
// where the voxel is at least 0.5.
Volume MaskFromFile(Volume image);

// How many voxels lie inside, as a number and as a share of all.
int64_t VoxelsInside(const Volume& mask);
double ShareInside(const Volume& mask);

}  // namespace gyrus
