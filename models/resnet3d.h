// 3D residual network of basic blocks (He et al., "Deep residual learning",
// CVPR 2016, with 3x3x3 kernels), as v1::ResNet3d describes it.
#pragma once

#include <torch/torch.h>

#include "models/conv3d.h"
#include "models/network.h"

namespace gyrus {

class BasicBlock3dImpl : public torch::nn::Module {
 public:
  BasicBlock3dImpl(int64_t in, int64_t out, int64_t stride);
  torch::Tensor forward(torch::Tensor x);

 private:
  Conv3d conv1_{nullptr};
  Conv3d conv2_{nullptr};
  torch::nn::Sequential downsample_{nullptr};  // Null where the shapes agree.
};
TORCH_MODULE(BasicBlock3d);

class ResNet3d final : public Network {
 public:
  // Depth 18. `width` feature maps in the first stage.
  ResNet3d(int64_t width, int64_t channels);
  torch::Tensor forward(torch::Tensor volumes) override;

 private:
  Conv3d conv1_{nullptr};
  torch::nn::Sequential stages_[4] = {nullptr, nullptr, nullptr, nullptr};
  torch::nn::Linear fc_{nullptr};
};

}  // namespace gyrus
