// Losses as sums over items; the division by their number is the trainer's,
// once, at the root of the gradient tree.
#pragma once

#include <torch/torch.h>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Both [items], target units; a scalar.
torch::Tensor SumLoss(v1::Loss loss, const torch::Tensor& prediction, const torch::Tensor& target);

}  // namespace gyrus
