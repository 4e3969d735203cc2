// Max pooling for the stem of a network, several times as fast as torch's on the CPU
// (docs/adr/0007-max-pooling-of-our-own.md).
#pragma once

#include <torch/types.h>

namespace gyrus {

// Pools windows of 3x3x3 voxels with stride 2 and one voxel of padding. `x` is
// [items, channels, x, y, z], float32, on the CPU, contiguous. Output and gradient
// have the same bits as those of torch::max_pool3d: of equal voxels, the first in the
// order of memory gets the gradient.
torch::Tensor MaxPool3d(const torch::Tensor& x);

}  // namespace gyrus
