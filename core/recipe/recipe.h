// Functions of a recipe, the ordered list of an experiment's preprocessing steps: the
// images that it reads, the channels and the shape that result from it, and its
// application to volumes. The single steps are in the files *_step.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/recipe/channel.h"
#include "core/spec/problems.h"
#include "core/volume/volume.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes every optional value explicit. No steps: reorient and zscore. Doing it
// twice is doing it once.
void FillRecipe(v1::Recipe& recipe);

// Adds a problem for each thing that makes no sense in a recipe with defaults
// filled. `listed` are the channels before the recipe, where they are known (see
// ListedChannels in core/spec/channels.h). `path` is where the recipe is
// written: "arms.RI.recipe".
void CheckRecipe(const v1::Recipe& recipe, const std::optional<std::vector<std::string>>& listed,
                 const std::string& path, Problems& problems);

// A sentence for each step that is allowed but may not be meant, when a network
// sees `channels`.
std::vector<std::string> RecipeWarnings(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels);

// The channels whose images must be there for `recipe` to give `channels`: all
// that its steps read by name, labels, and those of `channels` that no step
// makes; sorted, each once. Arms that differ only in channels of one ratio
// therefore read the same images and share the prepared volume.
std::vector<std::string> InputChannels(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels);

// Returns the channels that a network can see after `recipe`: the `listed` channels or,
// where these are not known, those that its steps read by name, and then those that its
// steps make. It is empty where the arms must name them.
std::vector<std::string> ChannelsAfter(const v1::Recipe& recipe,
                                       const std::optional<std::vector<std::string>>& listed);

// [channels, x, y, z] of what the network sees: `channels` of one session, whose
// canonical (RAS) volumes have `shape` voxels of `spacing_mm`, after `recipe`
// (one that CheckRecipe found no problem in).
//
// INVALID_ARGUMENT: a shape or spacing that is not positive; more than 2^31
// voxels in a channel after some step.
absl::StatusOr<std::vector<uint32_t>> OutputShape(const v1::Recipe& recipe,
                                                  const std::vector<std::string>& channels,
                                                  const Shape3& shape,
                                                  const std::array<double, 3>& spacing_mm);

// Applies the steps in their order. `channels` are canonical (RAS), and `mask` is the
// brain of all of them; all on one grid, before and afterwards.
// INVALID_ARGUMENT: a step is unknown to this program, or cannot be done on
// these voxels; names step and channel.
absl::Status ApplyRecipe(const v1::Recipe& recipe, std::vector<Channel>& channels, Volume& mask);

// The share of the brain, 0 to 1, that lies outside of the grid which the recipe's steps
// leave of it. Resampling a mask moves its border a little and does not count.
double ShareOfBrainCut(const v1::Recipe& recipe, Volume mask);

// The version of each step, in their order; 0 for one that this program does not
// know.
std::vector<uint32_t> StepVersions(const v1::Recipe& recipe);

}  // namespace gyrus
