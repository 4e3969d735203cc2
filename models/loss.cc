#include "models/loss.h"

#include <cmath>
#include <vector>

namespace gyrus {
namespace {

constexpr double kDiceSmoothing = 1e-5;
constexpr double kLeastLabel = 1e-16;
// PyTorch's losses ignore a target of this value.
constexpr int64_t kIgnored = -100;

torch::Tensor ErrorLoss(v1::Loss loss, const torch::Tensor& prediction,
                        const torch::Tensor& target) {
  return loss == v1::LOSS_MSE ? torch::mse_loss(prediction, target, at::Reduction::None)
                              : torch::l1_loss(prediction, target, at::Reduction::None);
}

}  // namespace

torch::Tensor NumberLoss(v1::Loss loss, const torch::Tensor& prediction,
                         const torch::Tensor& target) {
  // Without an error there is no gradient either.
  const torch::Tensor known = torch::where(target.isnan(), prediction.detach(), target);
  return ErrorLoss(loss, prediction, known);
}

torch::Tensor ClassLoss(const torch::Tensor& logits, const torch::Tensor& target,
                        const torch::Tensor& weights) {
  const torch::Tensor classes = target.nan_to_num(static_cast<double>(kIgnored)).to(torch::kInt64);
  const torch::Tensor loss =
      torch::cross_entropy_loss(logits, classes, /*weight=*/{}, at::Reduction::None, kIgnored);
  return loss * weights.index_select(0, classes.clamp_min(0));
}

torch::Tensor SoftLabelsOf(const torch::Tensor& target, const SoftBins& bins) {
  const torch::Tensor edges =
      torch::linspace(bins.from, bins.to, bins.count + 1, target.options().dtype(torch::kFloat64));
  const torch::Tensor z = (edges - target.to(torch::kFloat64).unsqueeze(1)) / bins.sigma;
  const torch::Tensor below = 0.5 * torch::erfc(-z / std::sqrt(2.0));
  return below.diff(1, 1).to(torch::kFloat32);
}

torch::Tensor SoftLabelLoss(const torch::Tensor& logits, const torch::Tensor& target,
                            const SoftBins& bins) {
  const torch::Tensor missing = target.isnan();
  const torch::Tensor labels =
      SoftLabelsOf(torch::where(missing, bins.from, target), bins) + kLeastLabel;
  const torch::Tensor loss =
      torch::kl_div(logits.log_softmax(1), labels, at::Reduction::None).sum(1);
  return torch::where(missing, torch::zeros_like(loss), loss);
}

torch::Tensor SegmentationLoss(const torch::Tensor& logits, const torch::Tensor& labels) {
  const torch::Tensor cross_entropy =
      torch::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::None);
  const int64_t classes = logits.size(1) - 1;
  const torch::Tensor probability = logits.softmax(1).narrow(1, 1, classes).flatten(2);
  std::vector<torch::Tensor> masks;
  for (int64_t c = 1; c <= classes; ++c) masks.push_back(labels.eq(c).flatten(1));
  const torch::Tensor targets = torch::stack(masks, 1);
  const torch::Tensor both = (probability * targets).sum(2);
  const torch::Tensor dice =
      (2 * both + kDiceSmoothing) / (probability.sum(2) + targets.sum(2) + kDiceSmoothing);
  return 1 - dice.mean(1) + cross_entropy.flatten(1).mean(1);
}

torch::Tensor ImageLoss(v1::Loss loss, const torch::Tensor& image, const torch::Tensor& targets) {
  return ErrorLoss(loss, image, targets).flatten(1).mean(1);
}

}  // namespace gyrus
