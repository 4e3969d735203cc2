// 3D convolution whose weights wait for InitialiseWeights.
#pragma once

#include <torch/torch.h>

namespace gyrus {

// Cubic kernel, padded to keep the size but for the stride, no bias. Unlike
// torch::nn::Conv3d it draws no weights of its own, which takes longer than all
// else of building a network.
class Conv3dImpl final : public torch::nn::Module {
 public:
  Conv3dImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride)
      : stride_(stride),
        padding_(kernel / 2),
        weight_(register_parameter("weight", torch::empty({out, in, kernel, kernel, kernel}))) {}

  torch::Tensor forward(const torch::Tensor& x) {
    return torch::conv3d(x, weight_, /*bias=*/{}, stride_, padding_);
  }

 private:
  const int64_t stride_;
  const int64_t padding_;
  const torch::Tensor weight_;
};
TORCH_MODULE(Conv3d);

}  // namespace gyrus
