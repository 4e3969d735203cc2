#include "core/volume/slice.h"

#include <cstring>

namespace gyrus {

void CopySlice(absl::string_view voxels, const VoxelLayout& layout, size_t axis, uint32_t index,
               absl::Span<char> out) {
  const Shape3& shape = layout.shape;
  size_t rows = 1, row = layout.voxel_bytes;  // A row has what lies side by side in the slice.
  for (size_t a = 0; a < axis; ++a) rows *= shape[a];
  for (size_t a = axis + 1; a < 3; ++a) row *= shape[a];
  for (size_t r = 0; r < rows; ++r) {
    std::memcpy(out.data() + r * row, voxels.data() + (r * shape[axis] + index) * row, row);
  }
}

}  // namespace gyrus
