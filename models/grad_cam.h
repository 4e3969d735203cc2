// Grad-CAM (Selvaraju et al. 2017): a map of the parts of a volume on which a
// network's output depends, for regression as well as for classification.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "models/network.h"
#include "models/objective.h"

namespace gyrus {

struct GradCamOptions {
  // A prefix of a layer's name. The last such layer on the way to the output is
  // taken. Where it is empty, the layer that the head pools is taken.
  std::string layer;
  // The class whose logit is explained, for classification only. A negative number
  // means the predicted class.
  int64_t class_index = -1;
};

struct GradCam {
  // [x, y, z] of the volume. Values above zero speak for a larger output, values below
  // zero for a smaller one. They are in the target's unit (for classes, in that of the
  // logit) and are not normalised.
  torch::Tensor map;
  // The predicted number in target units, or the probability of the class.
  double prediction = 0;
  std::string layer;        // The layer whose activations the map shows,
  Shape layer_shape;        // and its channels and voxels.
  int64_t class_index = 0;  // The class whose output is explained.
};

// Computes the sum over the layer's channels of the activation times the gradient of
// the output, interpolated trilinearly to the volume's grid. For the pooled layer the
// gradient of a channel is the same at all voxels, so the result is Grad-CAM. For an
// earlier layer it is HiResCAM (Draelos and Carin 2020); Grad-CAM would average the
// gradient of a channel, and the next instance norm makes that average about zero.
//
// For a network of slices the maps are stacked along the axis of the slices, and the
// slices that the network does not see are zero. The network must be in evaluation
// mode, with its weights set. With the same number of threads each call gives the
// same bits.
//
// `volume` is [channels, x, y, z], `covariates` [numbers] or undefined; both are on
// the network's device, and so is the map.
// INVALID_ARGUMENT: the task has no number and no class as its output; there is no such
// layer or class; the layer has no voxels; the head pools several layers and none is
// named. OUT_OF_RANGE: the output of the network is not finite.
absl::StatusOr<GradCam> ComputeGradCam(Network& network, const Objective& objective,
                                       const torch::Tensor& volume, const torch::Tensor& covariates,
                                       const GradCamOptions& options);

}  // namespace gyrus
