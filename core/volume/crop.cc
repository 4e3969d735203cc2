#include "core/volume/crop.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

// The first and the last voxel of the brain along each axis.
struct Box {
  Shape3 first;
  Shape3 last;

  void Add(int axis, int64_t i) {
    first[axis] = std::min(first[axis], i);
    last[axis] = std::max(last[axis], i);
  }
};

void AddBrain(const Volume& mask, Box& box) {
  const auto [nx, ny, nz] = mask.shape;
  const float* row = mask.voxels.data();
  for (int64_t i = 0; i < nx; ++i) {
    for (int64_t j = 0; j < ny; ++j, row += nz) {
      const float* const first = std::find_if(row, row + nz, IsInside);
      if (first == row + nz) continue;
      const float* last = row + nz - 1;
      while (!IsInside(*last)) --last;
      box.Add(0, i);
      box.Add(1, j);
      box.Add(2, first - row);
      box.Add(2, last - row);
    }
  }
}

}  // namespace

std::array<double, 3> GridCentre(const Shape3& shape) {
  return {(shape[0] - 1) / 2.0, (shape[1] - 1) / 2.0, (shape[2] - 1) / 2.0};
}

std::array<double, 3> BrainCentre(const Volume& mask) {
  constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
  Box box = {{kFar, kFar, kFar}, {-1, -1, -1}};
  AddBrain(mask, box);
  if (box.last[0] < 0) return GridCentre(mask.shape);
  std::array<double, 3> centre;
  for (int axis = 0; axis < 3; ++axis) centre[axis] = (box.first[axis] + box.last[axis]) / 2.0;
  return centre;
}

Volume CropOrPad(const Volume& volume, const Shape3& shape, const std::array<double, 3>& centre,
                 float fill) {
  // Voxel `start` of the old grid becomes voxel 0 of the new one.
  std::array<int64_t, 3> start, begin, end;
  for (int axis = 0; axis < 3; ++axis) {
    start[axis] = std::llround(centre[axis] - (shape[axis] - 1) / 2.0);
    begin[axis] = std::clamp<int64_t>(-start[axis], 0, shape[axis]);
    end[axis] = std::clamp<int64_t>(volume.shape[axis] - start[axis], begin[axis], shape[axis]);
  }
  Volume result = {shape, volume.affine, {}};
  const auto origin =
      PositionOf(volume.affine, {static_cast<double>(start[0]), static_cast<double>(start[1]),
                                 static_cast<double>(start[2])});
  for (int row = 0; row < 3; ++row) result.affine[row][3] = origin[row];
  result.voxels.assign(shape[0] * shape[1] * shape[2], fill);
  if (begin[2] == end[2]) return result;
  for (int64_t i = begin[0]; i < end[0]; ++i) {
    for (int64_t j = begin[1]; j < end[1]; ++j) {
      const float* const from =
          volume.voxels.data() + volume.Index(i + start[0], j + start[1], begin[2] + start[2]);
      std::copy_n(from, end[2] - begin[2], result.voxels.data() + result.Index(i, j, begin[2]));
    }
  }
  return result;
}

}  // namespace gyrus
