// Optimisers: they turn the gradients of a batch into new weights, the same on every
// rank.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gyrus/v1/spec.pb.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

using Gradients = std::vector<torch::Tensor>;  // In the order of the parameters.

// One thread.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // Takes one step along sums / items and overwrites `sums`. `factors` multiply the
  // learning rate of each parameter; where a factor is 0, neither the weight nor the
  // state of the parameter changes. Empty `factors` mean 1 for all parameters.
  virtual void Step(double learning_rate, Gradients& sums, uint32_t items,
                    absl::Span<const double> factors) = 0;
  void Step(double learning_rate, Gradients& sums, uint32_t items) {
    Step(learning_rate, sums, items, {});
  }
  // Returns the state that a resume checkpoint must hold, by "KIND/PARAMETER". The
  // tensors are views of the live state, or small copies.
  virtual NamedTensors State() const = 0;
  // Restores a state that State() returned.
  // DATA_LOSS: the state belongs to an optimiser of another kind or of other parameters;
  // the state of this one is undefined afterwards.
  virtual absl::Status LoadState(const NamedTensors& state) = 0;
};

// `network` must outlive the optimiser.
std::unique_ptr<Optimizer> MakeOptimizer(Network& network, const v1::Optimizer& spec);

// Adam (Kingma, Ba, ICLR 2015), or AdamW (Loshchilov, Hutter, ICLR 2019), as
// torch.optim computes them, in torch's fused operators.
class AdamOptimizer final : public Optimizer {
 public:
  enum class Decay { kL2, kDecoupled };
  AdamOptimizer(Network& network, const v1::Adam& spec, Decay decay = Decay::kL2);

  using Optimizer::Step;
  void Step(double learning_rate, Gradients& sums, uint32_t items,
            absl::Span<const double> factors) override;
  // "exp_avg/NAME", "exp_avg_sq/NAME", and "step", or "step/NAME" where steps differ.
  NamedTensors State() const override;
  absl::Status LoadState(const NamedTensors& state) override;

 private:
  const v1::Adam spec_;
  const Decay decay_;
  const Device& device_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> exp_avgs_;
  std::vector<torch::Tensor> exp_avg_sqs_;
  std::vector<torch::Tensor> steps_;
};

// Stochastic gradient descent with momentum, plain or of Nesterov, as
// torch.optim computes it, in torch's fused operator.
class SgdOptimizer final : public Optimizer {
 public:
  SgdOptimizer(Network& network, const v1::Sgd& spec);

  using Optimizer::Step;
  void Step(double learning_rate, Gradients& sums, uint32_t items,
            absl::Span<const double> factors) override;
  // With momentum, "momentum_buffer/NAME", and "learnt": 1 for each parameter, in
  // their order, that has taken a step, else 0. Without momentum there is no state.
  NamedTensors State() const override;
  absl::Status LoadState(const NamedTensors& state) override;

 private:
  const v1::Sgd spec_;
  const Device& device_;
  std::vector<bool> first_;  // Whether the parameter has taken no step yet.
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> momenta_;  // Empty without momentum.
};

// Scales `sums` so that the L2 norm of all of sums / items together is at most
// `max_norm` (but for rounding, as torch.nn.utils.clip_grad_norm_); returns that
// norm before.
double ClipNorm(double max_norm, uint32_t items, Gradients& sums);

}  // namespace gyrus
