// What each item adds to the loss, [items]. Sums over items and the division by
// their number are the trainer's, once, at the root of the gradient tree.
//
// A target that is NaN is not known: its item adds 0, and no gradient.
#pragma once

#include <torch/types.h>

#include "gyrus/v1/spec.pb.h"
#include "models/soft_bins.h"

namespace gyrus {

// Both [items], in target units.
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
// The part of a normal distribution around each target that lies in each bin,
// [items, bins], float32; less than 1 in all where bins end close by.
torch::Tensor SoftLabelsOf(const torch::Tensor& target, const SoftBins& bins);

// 1 - the mean over classes of soft Dice, and the mean over voxels of
// cross-entropy. Dice of a class is (2 sum(p g) + s) / (sum(p) + sum(g) + s)
// with s = 1e-5 over an item's voxels; the background, class 0, has none.
// [items, 1 + classes, x, y, z] before the softmax; [items, x, y, z], int64.
torch::Tensor SegmentationLoss(const torch::Tensor& logits, const torch::Tensor& labels);

// Mean over channels and voxels of |error| or its square; both
// [items, channels, x, y, z].
torch::Tensor ImageLoss(v1::Loss loss, const torch::Tensor& image, const torch::Tensor& targets);

}  // namespace gyrus
