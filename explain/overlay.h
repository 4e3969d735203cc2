// A map over a brain, as a picture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"

namespace gyrus {

// Rows from the top, red, green, blue.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;
};

// Sagittal, coronal and axial plane, side by side, through the voxel of the brain
// where `map`, on the grid of `volume`, is farthest from zero. The brain, all voxels
// that are not zero, is grey from its 1st to its 99th percentile, and all else is
// black; what is above zero is red to yellow, what is below blue to cyan, clearer the
// farther. Superior is up; left is left, and anterior is left in the sagittal plane.
// Voxels are square on screen where they are cubes.
Picture Overlay(const Volume& volume, const Volume& map);

// The bytes of a PNG file. INTERNAL: the library cannot write it.
absl::StatusOr<std::string> EncodePng(const Picture& picture);

}  // namespace gyrus
