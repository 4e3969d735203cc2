// Kernels of one network made to fit another's.
#pragma once

#include <torch/types.h>

#include <optional>

namespace gyrus {

struct Adapted {
  torch::Tensor tensor;
  bool channels = false;  // Other channels were made of those there.
  bool inflated = false;  // Two axes became three.
};

// Where a kernel is wanted.
struct KernelPlace {
  // [out, in, kernel...]; [in, out, kernel...] of a transposed one.
  at::IntArrayRef shape;
  bool transposed = false;   // And as long as its stride.
  bool reads_input = false;  // Its channels are those of the volume.
};

// `given`, in the order of axes of the place:
//  * other channels of the input: each is the sum over the given ones, divided
//    by their new number, so that equal channels are answered as before;
//  * a third axis: the kernel over and over along it, divided by its length
//    (Carreira and Zisserman 2017) unless transposed, so that what is equal along
//    it is answered as before.
// Both where both differ. Absent: anything else differs.
std::optional<Adapted> AdaptKernel(const KernelPlace& place, const torch::Tensor& given);

}  // namespace gyrus
