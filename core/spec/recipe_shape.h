// What a recipe makes of a volume's shape.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// [channels, x, y, z] of what the network sees: `channels` of one session, whose
// canonical (RAS) volumes have `shape` voxels of `spacing_mm`, after `recipe`
// (one that CheckExperiment took).
//
// INVALID_ARGUMENT: a shape or spacing that is not positive; more than 2^31
// voxels in a channel after some step.
absl::StatusOr<std::vector<uint32_t>> OutputShape(const v1::Recipe& recipe,
                                                  const std::vector<std::string>& channels,
                                                  const Shape3& shape,
                                                  const std::array<double, 3>& spacing_mm);

}  // namespace gyrus
