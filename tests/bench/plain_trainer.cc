#include "tests/bench/plain_trainer.h"

#include <ATen/ops/_fused_adam.h>
#include <torch/nn.h>
#include <torch/utils.h>

#include <vector>

namespace gyrus {
namespace {

namespace nn = torch::nn;

nn::Conv3d Conv(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  return nn::Conv3d(
      nn::Conv3dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(false));
}

struct BlockImpl : nn::Module {
  BlockImpl(int64_t in, int64_t out, int64_t stride)
      : conv1(Conv(in, out, 3, stride)),
        conv2(Conv(out, out, 3, 1)),
        norm1(nn::InstanceNorm3dOptions(out)),
        norm2(nn::InstanceNorm3dOptions(out)) {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    if (stride != 1 || in != out) {
      shortcut = nn::Sequential(Conv(in, out, 1, stride),
                                nn::InstanceNorm3d(nn::InstanceNorm3dOptions(out)));
      register_module("shortcut", shortcut);
    }
  }

  torch::Tensor forward(const torch::Tensor& x) {
    torch::Tensor y = torch::relu(norm1(conv1(x)));
    y = norm2(conv2(y));
    return torch::relu(y + (shortcut.is_empty() ? x : shortcut->forward(x)));
  }

  nn::Conv3d conv1, conv2;
  nn::InstanceNorm3d norm1, norm2;
  nn::Sequential shortcut{nullptr};
};
TORCH_MODULE(Block);

nn::Sequential MakeResNet18() {
  nn::Sequential net(Conv(1, 64, 3, 2), nn::InstanceNorm3d(nn::InstanceNorm3dOptions(64)),
                     nn::ReLU(), nn::MaxPool3d(nn::MaxPool3dOptions(3).stride(2).padding(1)));
  int64_t in = 64;
  for (const int64_t out : {64, 128, 256, 512}) {
    net->push_back(Block(in, out, out == 64 ? 1 : 2));
    net->push_back(Block(out, out, 1));
    in = out;
  }
  net->push_back(nn::AdaptiveAvgPool3d(nn::AdaptiveAvgPool3dOptions(1)));
  net->push_back(nn::Flatten());
  net->push_back(nn::Linear(512, 1));
  return net;
}

}  // namespace

struct PlainTrainer::State {
  nn::Sequential net = MakeResNet18();
  double learning_rate, output_scale, output_offset;
  std::vector<torch::Tensor> parameters, exp_avgs, exp_avg_sqs, steps;
};

PlainTrainer::PlainTrainer(double learning_rate, double output_scale, double output_offset)
    : state_(new State{.learning_rate = learning_rate,
                       .output_scale = output_scale,
                       .output_offset = output_offset}) {
  for (const torch::Tensor& parameter : state_->net->parameters()) {
    state_->parameters.push_back(parameter);
    state_->exp_avgs.push_back(torch::zeros_like(parameter));
    state_->exp_avg_sqs.push_back(torch::zeros_like(parameter));
    state_->steps.push_back(torch::zeros({}));
  }
}

PlainTrainer::~PlainTrainer() = default;

float PlainTrainer::Step(const torch::Tensor& volumes, const torch::Tensor& targets) {
  State& s = *state_;
  for (torch::Tensor& parameter : s.parameters) parameter.mutable_grad().reset();
  const torch::Tensor prediction =
      s.net->forward(volumes).squeeze(1) * s.output_scale + s.output_offset;
  const torch::Tensor loss = torch::l1_loss(prediction, targets);
  loss.backward();
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : s.parameters) gradients.push_back(parameter.grad());
  const torch::NoGradGuard no_gradient;
  for (torch::Tensor& step : s.steps) step += 1;
  at::_fused_adam_(s.parameters, gradients, s.exp_avgs, s.exp_avg_sqs, {}, s.steps, s.learning_rate,
                   0.9, 0.999, 0.0, 1e-8, false, false);
  return loss.item<float>();
}

}  // namespace gyrus
