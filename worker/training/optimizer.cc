#include "worker/training/optimizer.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "worker/training/weights.h"

namespace gyrus {
namespace {

// The operators divide the gradients by this on their way: the one division of
// the step.
std::optional<torch::Tensor> Divisor(const Device& device, uint32_t items) {
  if (items == 1) return std::nullopt;
  return device.FromHost(torch::tensor(static_cast<float>(items)));
}

constexpr char kLearnt[] = "learnt";

// Parameters that learn at one rate.
struct RateGroup {
  double learning_rate = 0;
  std::vector<size_t> parameters;

  std::vector<torch::Tensor> Of(const std::vector<torch::Tensor>& all) const {
    if (all.empty() || all.size() == parameters.size()) return all;
    std::vector<torch::Tensor> these;
    for (const size_t i : parameters) these.push_back(all[i]);
    return these;
  }
};

// Those that do not learn are in none.
std::vector<RateGroup> GroupByRate(double learning_rate, absl::Span<const double> factors,
                                   size_t parameters) {
  std::map<double, std::vector<size_t>> by_factor;
  for (size_t i = 0; i < parameters; ++i) {
    const double factor = factors.empty() ? 1 : factors[i];
    if (factor > 0) by_factor[factor].push_back(i);
  }
  std::vector<RateGroup> groups;
  for (auto& [factor, members] : by_factor) {
    groups.push_back({learning_rate * factor, std::move(members)});
  }
  return groups;
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
    : spec_(spec), decay_(decay), device_(network.device()) {
  for (const auto& entry : network.named_parameters()) {
    names_.push_back(entry.key());
    parameters_.push_back(entry.value());
    exp_avgs_.push_back(torch::zeros_like(entry.value()));
    exp_avg_sqs_.push_back(torch::zeros_like(entry.value()));
    steps_.push_back(torch::zeros({}, entry.value().options()));
  }
}

void AdamOptimizer::Step(double learning_rate, Gradients& sums, uint32_t items,
                         absl::Span<const double> factors) {
  const torch::NoGradGuard no_gradient;
  for (const RateGroup& group : GroupByRate(learning_rate, factors, parameters_.size())) {
    for (const size_t i : group.parameters) steps_[i] += 1;
    const auto step = [&](auto fused) {
      fused(group.Of(parameters_), group.Of(sums), group.Of(exp_avgs_), group.Of(exp_avg_sqs_),
            /*max_exp_avg_sqs=*/at::TensorList(), group.Of(steps_), group.learning_rate,
            spec_.beta1(), spec_.beta2(), spec_.weight_decay(), spec_.eps(), /*amsgrad=*/false,
            /*maximize=*/false, Divisor(device_, items), /*found_inf=*/std::nullopt);
    };
    decay_ == Decay::kDecoupled ? step([](auto&&... args) { at::_fused_adamw_(args...); })
                                : step([](auto&&... args) { at::_fused_adam_(args...); });
  }
}

NamedTensors AdamOptimizer::State() const {
  NamedTensors state;
  for (size_t i = 0; i < names_.size(); ++i) {
    state["exp_avg/" + names_[i]] = exp_avgs_[i];
    state["exp_avg_sq/" + names_[i]] = exp_avg_sqs_[i];
  }
  const auto same = [&](const torch::Tensor& step) { return step.equal(steps_[0]); };
  if (!steps_.empty() && std::all_of(steps_.begin(), steps_.end(), same)) {
    state["step"] = steps_[0];
  } else {
    for (size_t i = 0; i < names_.size(); ++i) state["step/" + names_[i]] = steps_[i];
  }
  return state;
}

absl::Status AdamOptimizer::LoadState(const NamedTensors& state) {
  NamedTensors each = state;
  if (const auto one = state.find("step"); one != state.end()) {
    each.erase("step");
    for (const std::string& name : names_) each["step/" + name] = one->second;
  }
  NamedTensors live;
  for (size_t i = 0; i < names_.size(); ++i) {
    live["exp_avg/" + names_[i]] = exp_avgs_[i];
    live["exp_avg_sq/" + names_[i]] = exp_avg_sqs_[i];
    live["step/" + names_[i]] = steps_[i];
  }
  return Annotate(CopyTensors(each, live), "the state of the optimiser");
}

SgdOptimizer::SgdOptimizer(Network& network, const v1::Sgd& spec)
    : spec_(spec), device_(network.device()) {
  for (const auto& entry : network.named_parameters()) {
    names_.push_back(entry.key());
    parameters_.push_back(entry.value());
    if (spec.momentum() > 0) momenta_.push_back(torch::zeros_like(entry.value()));
  }
  first_.assign(parameters_.size(), true);
}

void SgdOptimizer::Step(double learning_rate, Gradients& sums, uint32_t items,
                        absl::Span<const double> factors) {
  const torch::NoGradGuard no_gradient;
  const auto step = [&](const RateGroup& group, bool first) {
    if (group.parameters.empty()) return;
    at::_fused_sgd_(group.Of(parameters_), group.Of(sums), group.Of(momenta_), spec_.weight_decay(),
                    spec_.momentum(), group.learning_rate, /*dampening=*/0, spec_.nesterov(),
                    /*maximize=*/false, first, Divisor(device_, items));
  };
  for (const RateGroup& group : GroupByRate(learning_rate, factors, parameters_.size())) {
    // The first step of a parameter begins its momentum.
    RateGroup begin = {group.learning_rate, {}}, go_on = {group.learning_rate, {}};
    for (const size_t i : group.parameters) {
      (first_[i] ? begin : go_on).parameters.push_back(i);
      first_[i] = false;
    }
    step(begin, true);
    step(go_on, false);
  }
}

NamedTensors SgdOptimizer::State() const {
  NamedTensors state;
  for (size_t i = 0; i < momenta_.size(); ++i) state["momentum_buffer/" + names_[i]] = momenta_[i];
  if (momenta_.empty()) return state;
  std::vector<float> learnt;
  for (const bool first : first_) learnt.push_back(first ? 0 : 1);
  state[kLearnt] = torch::tensor(learnt);
  return state;
}

absl::Status SgdOptimizer::LoadState(const NamedTensors& state) {
  NamedTensors live = State();
  GYRUS_RETURN_IF_ERROR(Annotate(CopyTensors(state, live), "the state of the optimiser"));
  if (momenta_.empty()) return absl::OkStatus();
  const torch::Tensor& learnt = live.at(kLearnt);
  for (size_t i = 0; i < first_.size(); ++i) {
    first_[i] = learnt[static_cast<int64_t>(i)].item<float>() == 0;
  }
  return absl::OkStatus();
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
