// Says which part of one brain a trained network's output depends on. This is
// what `gyrus gradcam` computes (models/grad_cam.h has the method), and the files
// that it writes for viewers of medical images.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "attribution/checkpoint.h"
#include "attribution/subject.h"
#include "core/volume/volume.h"

namespace gyrus {

struct AttributionOptions {
  // Column of the manifest -> number, as text: what FiLM takes beside the image.
  std::map<std::string, std::string> covariates;
  // The beginning of a layer's name. An empty text means the layer that the head pools.
  std::string layer;
  // The class whose logit is followed. Empty: the predicted class. A network that
  // outputs a number has no class.
  std::string class_name;
};

struct Attribution {
  // On the grid of the subject's volumes. Above zero lies what makes the output
  // larger, below zero what makes it smaller; in the unit of the output.
  Volume map;
  // In the target's unit; for a class, its probability from 0 to 1.
  double prediction = 0;
  std::string unit;
  std::string class_name;  // It is empty where the output is a number.
  std::string layer;
  std::vector<uint32_t> layer_shape;  // Channels, then voxels along each axis.
};

// Computes the map for a subject that PrepareSubject() has prepared. Equal input
// gives equal bits on machines of one numeric kind.
//
// INVALID_ARGUMENT: a covariate is missing, unknown or not a number; there is no
// such layer or class; or the network has no output that can be followed.
absl::StatusOr<Attribution> ComputeAttribution(TrainedNetwork& trained,
                                               const PreparedSubject& subject,
                                               const AttributionOptions& options);

struct NamedFile {
  std::string name;
  std::string content;
};

// The files that `gyrus gradcam` writes: the subject's first volume, the map,
// its positive and its negative part (each scaled to lie between 0 and 1), and
// a picture of map and volume inside of the brain mask. The errors are those of EncodePng().
absl::StatusOr<std::vector<NamedFile>> AttributionFiles(const Attribution& attribution,
                                                        const PreparedSubject& subject);

}  // namespace gyrus
