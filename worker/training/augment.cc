#include "worker/training/augment.h"

#include <array>

#include "common/random.h"

namespace gyrus {
namespace {

// [begin, begin + length) of one axis.
torch::Tensor Part(const torch::Tensor& volume, int axis, int64_t begin, int64_t length) {
  return volume.narrow(axis + 1, begin, length);
}

// Voxel i moves to i + offset; what comes in from outside is zero.
torch::Tensor Shifted(const torch::Tensor& volume, const std::array<int64_t, 3>& offset) {
  torch::Tensor moved = torch::zeros_like(volume);
  torch::Tensor from = volume;
  torch::Tensor to = moved;
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t size = volume.size(axis + 1);
    const int64_t length = size - std::abs(offset[axis]);
    if (length <= 0) return moved;
    from = Part(from, axis, offset[axis] < 0 ? -offset[axis] : 0, length);
    to = Part(to, axis, offset[axis] > 0 ? offset[axis] : 0, length);
  }
  to.copy_(from);
  return moved;
}

}  // namespace

torch::Tensor Augment(torch::Tensor volume, const v1::Augment& spec, uint64_t seed, uint32_t epoch,
                      const std::string& item) {
  // One stream an item; every draw is made whether it is used or not, so that
  // a change of one setting leaves the draws of the others.
  RandomStream random(seed, "augment/" + item, epoch);
  const double flip_draw = random.NextUnit();
  if (spec.has_flip() && flip_draw < spec.flip().probability()) {
    const int axis = spec.flip().axis()[0] - 'x';
    volume = volume.flip({axis + 1});
  }
  if (spec.shift().max_voxels() > 0) {
    const int64_t most = spec.shift().max_voxels();
    std::array<int64_t, 3> offset;
    for (int axis = 0; axis < 3; ++axis) {
      const int64_t drawn = static_cast<int64_t>(random.NextBelow(2 * most + 1)) - most;
      offset[axis] = volume.size(axis + 1) == 1 ? 0 : drawn;  // A slice stays where it is.
    }
    volume = Shifted(volume, offset);
  }
  return volume;
}

}  // namespace gyrus
