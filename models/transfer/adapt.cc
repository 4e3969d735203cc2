#include "models/transfer/adapt.h"

namespace gyrus {
namespace {

constexpr int64_t kKernel2d = 4;  // Axes of a kernel with its channels.
constexpr int64_t kKernel3d = 5;

}  // namespace

std::optional<Adapted> AdaptKernel(const KernelPlace& place, const torch::Tensor& given) {
  const at::IntArrayRef wanted = place.shape;
  const int64_t axes = static_cast<int64_t>(wanted.size());
  const bool inflate = given.dim() == kKernel2d && axes == kKernel3d;
  const bool kernel = inflate || (given.dim() == axes && axes >= kKernel2d);
  if (!kernel || given.numel() == 0 || given.size(0) != wanted[0]) return std::nullopt;
  for (int64_t axis = 2; axis < axes; ++axis) {
    // The third axis of a cube is as long as the others.
    const int64_t length = axis < given.dim() ? given.size(axis) : given.size(given.dim() - 1);
    if (length != wanted[axis]) return std::nullopt;
  }
  Adapted adapted = {.tensor = given, .inflated = inflate};
  if (inflate) {
    const int64_t length = wanted.back();
    adapted.tensor = given.unsqueeze(-1).expand({-1, -1, -1, -1, length});
    // A transposed kernel gives each voxel one of its terms, others add them.
    if (!place.transposed) adapted.tensor = adapted.tensor / length;
  }
  if (given.size(1) != wanted[1]) {
    if (!place.reads_input) return std::nullopt;
    adapted.channels = true;
    const torch::Tensor sum = adapted.tensor.sum(1, /*keepdim=*/true);
    adapted.tensor = sum.expand(wanted) / wanted[1];
  }
  adapted.tensor = adapted.tensor.contiguous();
  return adapted;
}

}  // namespace gyrus
