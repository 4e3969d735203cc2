// Adapts convolution kernels of one network to another network that has other input
// channels, or three axes instead of two.
#pragma once

#include <torch/types.h>

#include <optional>

namespace gyrus {

struct Adapted {
  torch::Tensor tensor;
  bool channels = false;  // The number of channels was changed.
  bool inflated = false;  // Two axes became three.
};

// The kernel that is wanted.
struct KernelPlace {
  // [out, in, kernel...]; [in, out, kernel...] of a transposed one.
  at::IntArrayRef shape;
  bool transposed = false;   // A transposed convolution, as long as its stride.
  bool reads_input = false;  // Its channels are those of the volume.
};

// Adapts `given`, whose axes are in the order of those of `place`:
//  * another number of input channels: each new channel is the sum over the given ones,
//    divided by the new number, so that an input with equal channels gives the same
//    output as before;
//  * a third axis: the kernel is repeated along it and divided by its length (Carreira
//    and Zisserman 2017) unless it is transposed, so that an input that is constant
//    along the axis gives the same output as before.
// It does both where both differ, and returns nothing where anything else differs.
std::optional<Adapted> AdaptKernel(const KernelPlace& place, const torch::Tensor& given);

}  // namespace gyrus
