// Loss functions. Each returns one loss for each item of a batch, [items]. The caller
// adds them up; the division by the number of items is done once, after the gradients
// of all ranks have been added.
//
// A target of NaN means that the target is missing. Its item has a loss of 0 and no
// gradient.
#pragma once

#include <torch/types.h>

#include "gyrus/v1/spec.pb.h"
#include "models/soft_bins.h"

namespace gyrus {

// The absolute or squared error. Both tensors are [items], in target units.
torch::Tensor NumberLoss(v1::Loss loss, const torch::Tensor& prediction,
                         const torch::Tensor& target);

// Cross-entropy times the weight of the item's class. [items, classes] before
// the softmax; [items], indices of classes; [classes].
torch::Tensor ClassLoss(const torch::Tensor& logits, const torch::Tensor& target,
                        const torch::Tensor& weights);

// Kullback-Leibler divergence from the target's label, to which 1e-16 is added
// (Peng et al. 2021). [items, bins] before the softmax; [items], target units.
torch::Tensor SoftLabelLoss(const torch::Tensor& logits, const torch::Tensor& target,
                            const SoftBins& bins);
// Returns the part of a normal distribution around each target that lies in each
// bin, [items, bins], float32. The sum over the bins is less than 1 for a target near
// the end of the range.
torch::Tensor SoftLabelsOf(const torch::Tensor& target, const SoftBins& bins);

// 1 - the mean over classes of soft Dice, and the mean over voxels of
// cross-entropy. Dice of a class is (2 sum(p g) + s) / (sum(p) + sum(g) + s)
// with s = 1e-5 over an item's voxels; the background, class 0, has none.
// [items, 1 + classes, x, y, z] before the softmax; [items, x, y, z], int64.
torch::Tensor SegmentationLoss(const torch::Tensor& logits, const torch::Tensor& labels);

// The mean over channels and voxels of the absolute or squared error. Both tensors are
// [items, channels, x, y, z].
torch::Tensor ImageLoss(v1::Loss loss, const torch::Tensor& image, const torch::Tensor& targets);

}  // namespace gyrus
