// Kernels of one network made to fit another's.
#pragma once

#include <torch/torch.h>

#include <optional>

namespace gyrus {

struct Adapted {
  torch::Tensor tensor;
  bool channels = false;  // Other channels were made of those there.
  bool inflated = false;  // Two axes became three.
};

// `given`, [out, in, kernel...], for a place of shape `wanted`:
//  * other input channels: each is the sum over the given ones, divided by their
//    new number, so that equal channels are answered as before;
//  * a third axis: the kernel over and over along it, divided by its length
//    (Carreira and Zisserman 2017), so that what is equal along it is answered as
//    before.
// Both where both differ. Absent: anything else differs.
std::optional<Adapted> AdaptKernel(const torch::Tensor& given, at::IntArrayRef wanted);

}  // namespace gyrus
