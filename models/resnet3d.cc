#include "models/resnet3d.h"

#include <string>

#include "models/max_pool3d.h"

namespace gyrus {
namespace {

// Each item and channel to mean 0 and variance 1 over its voxels; no parameters.
torch::Tensor InstanceNorm(const torch::Tensor& x) {
  return torch::instance_norm(x, /*weight=*/{}, /*bias=*/{}, /*running_mean=*/{},
                              /*running_var=*/{}, /*use_input_stats=*/true, /*momentum=*/0.1,
                              /*eps=*/1e-5, /*cudnn_enabled=*/true);
}

torch::nn::Sequential Stage(int64_t in, int64_t out, int64_t stride) {
  return torch::nn::Sequential(BasicBlock3d(in, out, stride), BasicBlock3d(out, out, 1));
}

}  // namespace

BasicBlock3dImpl::BasicBlock3dImpl(int64_t in, int64_t out, int64_t stride) {
  conv1_ = register_module("conv1", Conv3d(in, out, 3, stride));
  conv2_ = register_module("conv2", Conv3d(out, out, 3, 1));
  if (stride != 1 || in != out) {
    downsample_ = register_module("downsample", torch::nn::Sequential(Conv3d(in, out, 1, stride)));
  }
}

torch::Tensor BasicBlock3dImpl::forward(torch::Tensor x) {
  torch::Tensor y = InstanceNorm(conv1_->forward(x)).relu_();
  y = InstanceNorm(conv2_->forward(y));
  if (!downsample_.is_empty()) x = InstanceNorm(downsample_->forward(x));
  return y.add_(x).relu_();
}

ResNet3d::ResNet3d(int64_t width, int64_t channels) {
  conv1_ = register_module("conv1", Conv3d(channels, width, 3, 2));
  int64_t in = width;
  for (int i = 0; i < 4; ++i) {
    const int64_t out = width << i;
    stages_[i] = register_module("layer" + std::to_string(i + 1), Stage(in, out, i == 0 ? 1 : 2));
    in = out;
  }
  fc_ = register_module("fc", torch::nn::Linear(in, 1));
}

torch::Tensor ResNet3d::forward(torch::Tensor volumes) {
  torch::Tensor x = InstanceNorm(conv1_->forward(volumes)).relu_();
  x = MaxPool3d(x);
  for (torch::nn::Sequential& stage : stages_) x = stage->forward(x);
  return fc_->forward(x.mean({2, 3, 4}));
}

}  // namespace gyrus
