// Prepares the images of one sample for a network, as the recipe of the
// experiment says. The steps themselves are in core/recipe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The result of a recipe: the channels of a sample on one grid.
struct PreparedVolume {
  std::vector<std::string> channels;  // Those of the images, by name, then ratios.
  std::vector<Volume> volumes;        // One a channel.
};

// `images` by channel, canonical (RAS), on one grid. Labels of the recipe keep
// their values: resampled to the nearest voxel, not scaled. Pure.
// INVALID_ARGUMENT: a step cannot be done on these voxels; names step and
// channel.
absl::StatusOr<PreparedVolume> Prepare(const v1::Recipe& recipe,
                                       std::map<std::string, Volume> images);

// SHA-256 that names what Prepare gives: over the recipe, the version of each of
// its steps (see RecipeStep), and each channel's name and content digest.
std::string VolumeId(const v1::Recipe& recipe,
                     const std::map<std::string, std::string>& image_digests);

// The same where the versions of the steps are these.
std::string VolumeId(const v1::Recipe& recipe, absl::Span<const uint32_t> step_versions,
                     const std::map<std::string, std::string>& image_digests);

}  // namespace gyrus
