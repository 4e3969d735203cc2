// Takes one slice out of a volume.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/volume/volume.h"

namespace gyrus {

// How voxels lie in memory: in C order, of so many bytes each.
struct VoxelLayout {
  Shape3 shape;
  size_t voxel_bytes;
};

// Copies slice `index` along `axis` (0, 1, 2 for x, y, z) of `voxels`. `out` has room for
// all voxels of one slice; they are in C order too.
void CopySlice(absl::string_view voxels, const VoxelLayout& layout, size_t axis, uint32_t index,
               absl::Span<char> out);

}  // namespace gyrus
