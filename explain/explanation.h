// Where in a brain an answer comes from, and the files that tell it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "explain/checkpoint.h"

namespace gyrus {

struct Explanation {
  Volume map;  // As GradCam::map, on the grid of the subject's volumes.
  double prediction = 0;
  std::string unit;
  std::string answer;  // The class that was looked at; empty: the answer is a number.
  std::string layer;
  std::vector<uint32_t> layer_shape;  // Channels, then voxels.
};

// Of a subject that PrepareSubject made. `covariates`: column -> number, as in the
// manifest. `layer` and `answer` may be empty.
// INVALID_ARGUMENT: a covariate is missing, unknown or no number; there is no such
// layer, class, or nothing to explain.
absl::StatusOr<Explanation> Explain(TrainedNetwork& trained, const std::vector<Volume>& subject,
                                    const std::map<std::string, std::string>& covariates,
                                    const std::string& layer, const std::string& answer);

struct NamedFile {
  std::string name;
  std::string content;
};

// The map as it is, its positive and its negative part each from 0 to 1, the
// subject's first volume, and the picture of both. Errors: EncodePng's.
absl::StatusOr<std::vector<NamedFile>> FilesOf(const Explanation& explanation,
                                               const Volume& volume);

}  // namespace gyrus
