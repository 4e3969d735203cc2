#include "worker/training/gradient_sum.h"

#include <torch/utils.h>

#include <utility>

#include "common/status.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

Gradients Add(Gradients left, Gradients right) {
  const torch::NoGradGuard no_gradient;
  for (size_t i = 0; i < left.size(); ++i) left[i].add_(right[i]);
  return left;
}

}  // namespace

GradientSum::GradientSum(Network& network, Collective& collective, SumOrder order)
    : device_(network.device()),
      parameters_(network.parameters()),
      order_(order),
      reducer_(collective, device_) {}

Gradients GradientSum::TakeGradients() {
  Gradients gradients;
  for (torch::Tensor& parameter : parameters_) {
    gradients.push_back(std::move(parameter.mutable_grad()));
    parameter.mutable_grad() = torch::Tensor();
    // A parameter that the loss does not depend on, and layouts of other
    // operators: rare, and made plain here.
    if (!gradients.back().defined()) gradients.back() = torch::zeros_like(parameter);
    gradients.back() = gradients.back().contiguous();
  }
  return gradients;
}

void GradientSum::PushLeaf() {
  if (order_ == SumOrder::kTree) {
    tree_.Push(TakeGradients(), Add);
  } else {
    sequential_ =
        sequential_.has_value() ? Add(*std::move(sequential_), TakeGradients()) : TakeGradients();
  }
}

absl::StatusOr<Gradients> GradientSum::Finish(int ranks_present, StepTotals& totals) {
  return CallTorch("summing gradients", [&]() -> absl::StatusOr<Gradients> {
    std::optional<Gradients> sum =
        order_ == SumOrder::kTree ? tree_.Finish(Add) : std::exchange(sequential_, std::nullopt);
    if (!sum.has_value()) sum = TakeGradients();  // No leaf here: zeros, to be replaced.
    std::vector<torch::Tensor> values = *sum;
    values.push_back(device_.FromHost(torch::tensor({totals.loss, totals.checkpoints})));
    GYRUS_RETURN_IF_ERROR(reducer_.SumOverRanks(values, ranks_present));
    const torch::Tensor summed = device_.ToHost(values.back());
    totals = {summed[0].item<float>(), summed[1].item<float>()};
    return *std::move(sum);
  });
}

}  // namespace gyrus
