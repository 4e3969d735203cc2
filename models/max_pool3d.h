// Max pooling of a network's stem, faster than torch's.
#pragma once

#include <torch/types.h>

namespace gyrus {

// Windows of 3x3x3, stride 2, one voxel of padding. `x` is [items, channels, x,
// y, z], float32, on the CPU, contiguous. The same bits as torch::max_pool3d,
// with its gradient: the first of equal voxels in the order of memory takes it.
torch::Tensor MaxPool3d(const torch::Tensor& x);

}  // namespace gyrus
