// How a site writes its files: axis order, number type, where the orientation
// stands.
#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "core/volume/volume.h"

namespace gyrus {

struct StorageFormat {
  // Where the stored axes run to, as OrientationOf says it: "RAS", "LPI", "PIR".
  // Each of R/L, A/P, S/I once.
  std::array<char, 3> axes = {'R', 'A', 'S'};
  // int16 when true, else float32.
  bool int16 = false;
  // Of one stored step in int16, a power of two; voxels are multiples of it.
  double slope = 1;
  bool sform = true;
  bool qform = true;
};

// Formats differ between neighbouring site numbers.
const StorageFormat& StorageOfSite(int site);

// The nearest value that `format` can store without loss; at least one step
// for what is above zero, so that only background is zero.
float Storable(const StorageFormat& format, double value);

// Bytes of a .nii.gz with `ras` (axes towards R, A, S; voxels storable) on the
// same places in space. The same bytes for the same input.
std::string EncodeVolume(const StorageFormat& format, const Volume& ras);

}  // namespace gyrus
