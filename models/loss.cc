#include "models/loss.h"

namespace gyrus {

torch::Tensor SumLoss(v1::Loss loss, const torch::Tensor& prediction, const torch::Tensor& target) {
  return loss == v1::LOSS_MSE ? torch::mse_loss(prediction, target, at::Reduction::Sum)
                              : torch::l1_loss(prediction, target, at::Reduction::Sum);
}

}  // namespace gyrus
