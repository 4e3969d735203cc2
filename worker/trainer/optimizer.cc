#include "worker/trainer/optimizer.h"

#include <ATen/ops/_fused_adam.h>

#include <cmath>
#include <optional>

namespace gyrus {

double LearningRate(const v1::Schedule& schedule, double base, uint32_t epoch) {
  if (!schedule.has_step()) return base;
  double rate = base;
  // Repeated products, not pow(): exactly rounded, so the same on every machine.
  for (uint32_t i = 0; i < epoch / schedule.step().every(); ++i) rate *= schedule.step().factor();
  return rate;
}

AdamOptimizer::AdamOptimizer(Network& network, const v1::Adam& spec) : spec_(spec) {
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
  // The operator divides the gradients by `divisor` on its way: the one division
  // of the step.
  std::optional<torch::Tensor> divisor;
  if (items > 1) divisor = torch::tensor(static_cast<float>(items));
  at::_fused_adam_(parameters_, sums, exp_avgs_, exp_avg_sqs_, /*max_exp_avg_sqs=*/{}, steps_,
                   learning_rate, spec_.beta1(), spec_.beta2(), spec_.weight_decay(), spec_.eps(),
                   /*amsgrad=*/false, /*maximize=*/false, divisor);
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

}  // namespace gyrus
