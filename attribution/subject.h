// Prepares the images of one subject for a trained network, by the recipe that
// the network was trained with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Reads one NIfTI file for each channel in `images` (channel -> path) and applies
// the trial's recipe, without its labels. The volumes are in the order of the
// trial's channels.
//
// INVALID_ARGUMENT: a channel has no image, or there is an image of a channel that
// the network does not read; the images are on different grids; or the recipe
// fails or gives another shape than the network was trained on. When a file cannot
// be read, the error names its path and has a code of common/files.h or, for bad
// content, of core/volume/image.h.
absl::StatusOr<std::vector<Volume>> PrepareSubject(
    const v1::TrialSpec& trial, const std::map<std::string, std::string>& images);

}  // namespace gyrus
