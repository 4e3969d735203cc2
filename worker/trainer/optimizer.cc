#include "worker/trainer/optimizer.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>

#include <optional>
#include <utility>

namespace gyrus {
namespace {

// The operators divide the gradients by this on their way: the one division of
// the step.
std::optional<torch::Tensor> Divisor(uint32_t items) {
  if (items == 1) return std::nullopt;
  return torch::tensor(static_cast<float>(items));
}

}  // namespace

std::unique_ptr<Optimizer> MakeOptimizer(Network& network, const v1::Optimizer& spec) {
  if (spec.has_sgd()) return std::make_unique<SgdOptimizer>(network, spec.sgd());
  if (spec.has_adamw()) {
    return std::make_unique<AdamOptimizer>(network, spec.adamw(), AdamOptimizer::Decay::kDecoupled);
  }
  return std::make_unique<AdamOptimizer>(network, spec.adam());
}

AdamOptimizer::AdamOptimizer(Network& network, const v1::Adam& spec, Decay decay)
    : spec_(spec), decay_(decay) {
  for (const auto& entry : network.named_parameters()) {
    names_.push_back(entry.key());
    parameters_.push_back(entry.value());
    exp_avgs_.push_back(torch::zeros_like(entry.value()));
    exp_avg_sqs_.push_back(torch::zeros_like(entry.value()));
    steps_.push_back(torch::zeros({}, torch::kFloat32));
  }
}

void AdamOptimizer::Step(double learning_rate, Gradients& sums, uint32_t items) {
  const torch::NoGradGuard no_gradient;
  for (torch::Tensor& step : steps_) step += 1;
  const auto step = [&](auto fused) {
    fused(parameters_, sums, exp_avgs_, exp_avg_sqs_, /*max_exp_avg_sqs=*/at::TensorList(), steps_,
          learning_rate, spec_.beta1(), spec_.beta2(), spec_.weight_decay(), spec_.eps(),
          /*amsgrad=*/false, /*maximize=*/false, Divisor(items), /*found_inf=*/std::nullopt);
  };
  decay_ == Decay::kDecoupled ? step([](auto&&... args) { at::_fused_adamw_(args...); })
                              : step([](auto&&... args) { at::_fused_adam_(args...); });
}

NamedTensors AdamOptimizer::State() const {
  NamedTensors state;
  for (size_t i = 0; i < names_.size(); ++i) {
    state["exp_avg/" + names_[i]] = exp_avgs_[i];
    state["exp_avg_sq/" + names_[i]] = exp_avg_sqs_[i];
  }
  if (!steps_.empty()) state["step"] = steps_[0];
  return state;
}

SgdOptimizer::SgdOptimizer(Network& network, const v1::Sgd& spec) : spec_(spec) {
  for (const auto& entry : network.named_parameters()) {
    names_.push_back(entry.key());
    parameters_.push_back(entry.value());
    if (spec.momentum() > 0) momenta_.push_back(torch::zeros_like(entry.value()));
  }
}

void SgdOptimizer::Step(double learning_rate, Gradients& sums, uint32_t items) {
  const torch::NoGradGuard no_gradient;
  at::_fused_sgd_(parameters_, sums, momenta_, spec_.weight_decay(), spec_.momentum(),
                  learning_rate, /*dampening=*/0, spec_.nesterov(), /*maximize=*/false,
                  /*is_first_step=*/std::exchange(first_, false), Divisor(items));
}

NamedTensors SgdOptimizer::State() const {
  NamedTensors state;
  for (size_t i = 0; i < momenta_.size(); ++i) state["momentum_buffer/" + names_[i]] = momenta_[i];
  return state;
}

double ClipNorm(double max_norm, uint32_t items, Gradients& sums) {
  const torch::NoGradGuard no_gradient;
  const torch::Tensor norms = torch::stack(at::_foreach_norm(sums, 2));
  const float norm = torch::linalg_vector_norm(norms).item<float>() / static_cast<float>(items);
  const float coefficient = static_cast<float>(max_norm) / (norm + 1e-6f);
  if (coefficient < 1) at::_foreach_mul_(sums, coefficient);
  return norm;
}

}  // namespace gyrus
