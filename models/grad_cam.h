// Where in a volume an answer comes from: Grad-CAM (Selvaraju et al. 2017) of a
// number.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "models/network.h"
#include "models/objective.h"

namespace gyrus {

struct GradCamOptions {
  // The last node whose name begins so, of those that the answer comes through;
  // empty: what the head pools.
  std::string layer;
  // Of a classification, which class's logit; below 0: the class that is told.
  int64_t answer = -1;
};

struct GradCam {
  // [x, y, z] of the volume. Above zero speaks for a larger number, below for a
  // smaller one; in the target's unit (a logit's, of classes), not normalised.
  torch::Tensor map;
  // In target units; of a classification, the class's probability.
  double prediction = 0;
  std::string layer;   // The node that was looked at,
  Shape layer_shape;   // and its channels and voxels.
  int64_t answer = 0;  // The class that was looked at.
};

// The sum over the layer's channels of activation times the answer's gradient,
// taken to the volume's grid trilinearly. Where the layer is pooled the gradient of
// a channel is the same everywhere, so this is Grad-CAM; of an earlier layer it is
// HiResCAM (Draelos and Carin 2020), because Grad-CAM's mean gradient is what the
// next instance norm takes away, about zero. Of a network of slices maps are
// stacked along the axis, and slices that the network does not see are zero. The
// network must be in evaluation, its weights set; the same bits on each call with
// the same number of threads.
//
// `volume` is [channels, x, y, z], `covariates` [numbers] or undefined; both are on
// the network's device, and so is the map.
// INVALID_ARGUMENT: the task outputs with no number and no class; there is no
// such layer or class, or the layer has no voxels; none is named of a head that
// pools several. OUT_OF_RANGE: the answer is
// not finite.
absl::StatusOr<GradCam> ComputeGradCam(Network& network, const Objective& objective,
                                       const torch::Tensor& volume, const torch::Tensor& covariates,
                                       const GradCamOptions& options);

}  // namespace gyrus
