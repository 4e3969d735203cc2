// Prepares the images of one sample for a network, as the recipe of the
// experiment says. The steps themselves are in core/recipe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The images of one sample: canonical (RAS), on one grid, as they were stored.
struct SampleImages {
  std::map<std::string, Volume> channels;
  // The brain mask, from a file. Without, the brain is what differs from the background
  // of the images that are not labels (core/volume/brain_mask.h).
  std::optional<Volume> mask = std::nullopt;
};

// The result of a recipe: the channels and the brain mask of a sample on one grid.
struct PreparedVolume {
  std::vector<std::string> channels;  // Those of the images, by name, then ratios.
  std::vector<Volume> volumes;        // One a channel.
  Volume mask;                        // 1 inside of the brain, 0 outside; no channel.
};

// Labels of the recipe keep their values: rounded to whole numbers (RoundLabels in
// core/volume/labels.h), resampled to the nearest voxel, not scaled. Pure.
// INVALID_ARGUMENT: the mask is empty, labels are no whole numbers, or a step cannot be
// done on these voxels; names step and channel.
absl::StatusOr<PreparedVolume> Prepare(const v1::Recipe& recipe, SampleImages images);

// SHA-256 of the decompressed files of a sample.
struct ImageDigests {
  std::map<std::string, std::string> channels;
  std::string mask = {};  // Empty: the mask is from no file.
};

// SHA-256 that names what Prepare gives: over the recipe, the version of each of
// its steps (see RecipeStep), each channel's name and content digest, and the mask's.
std::string VolumeId(const v1::Recipe& recipe, const ImageDigests& digests);

// The same where the versions of the steps are these.
std::string VolumeId(const v1::Recipe& recipe, absl::Span<const uint32_t> step_versions,
                     const ImageDigests& digests);

}  // namespace gyrus
