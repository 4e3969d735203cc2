// The items of one forward and backward pass, as the network and its objective
// take them.
#pragma once

#include <torch/types.h>

#include <vector>

#include "gyrus/v1/plan.pb.h"
#include "models/device.h"
#include "models/objective.h"

namespace gyrus {

struct Leaf {
  torch::Tensor volumes;     // [items, channels, x, y, z]
  torch::Tensor covariates;  // [items, covariates]; undefined where there are none
  Targets targets;
};

// Makes the leaf of `items` on `device`. `volumes` are theirs, in the same order, each
// [channels, x, y, z] in the host's memory; the last channels are the label images of
// the trial's recipe.
Leaf MakeLeaf(const v1::TrialSpec& trial, const std::vector<const v1::Item*>& items,
              std::vector<torch::Tensor> volumes, const Device& device);

}  // namespace gyrus
