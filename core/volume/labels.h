// Images whose voxels are labels: whole numbers that each stand for one tissue or
// structure.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "core/volume/volume.h"

namespace gyrus {

// The largest label. Voxels are float32, which keeps larger whole numbers apart from
// their neighbours no more.
constexpr uint32_t kMaxLabel = (uint32_t{1} << 24) - 1;

// Rounds each voxel to the whole number that it stands for: programs that store labels
// as scaled int16 leave 1.0000153 for 1.
//
// INVALID_ARGUMENT: a voxel is farther than 0.001 from a whole number, or is beyond
// kMaxLabel on either side; names the voxel of the canonical (RAS) grid and its value.
// Never takes such a voxel for another label or for background.
absl::Status RoundLabels(Volume& labels);

}  // namespace gyrus
