// Draws a map of numbers over the slices of a brain, as a picture for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"

namespace gyrus {

// Rows from the top; three bytes a pixel: red, green, blue.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;
};

// Draws a sagittal, a coronal and an axial plane side by side, through the voxel
// of the brain where `map` is farthest from zero. `mask` (1 inside of the brain, 0
// outside) and `map` must be on the grid of `volume`.
//
// The brain is grey between its 1st and its 99th percentile; everything else is
// black. Values above zero are red to yellow, values below zero blue to cyan, and
// the farther from zero, the less of the brain shows through. Superior is up.
// Left is left, and in the sagittal plane anterior is left. A voxel is drawn as a
// square, so that proportions are right only where voxels are cubes.
Picture Overlay(const Volume& volume, const Volume& mask, const Volume& map);

// The bytes of a PNG file. INTERNAL: the library cannot write it.
absl::StatusOr<std::string> EncodePng(const Picture& picture);

}  // namespace gyrus
