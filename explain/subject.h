// One brain, as a network sees it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Reads the images, by channel, and runs the trial's recipe on them. Volumes come
// in the order of the trial's channels.
// INVALID_ARGUMENT: a channel has no image, or there is one of a channel that is
// not read; images are on different grids; the recipe cannot be done, or gives
// another shape than the network was trained on. Errors of reading have the path.
absl::StatusOr<std::vector<Volume>> PrepareSubject(
    const v1::TrialSpec& trial, const std::map<std::string, std::string>& images);

}  // namespace gyrus
