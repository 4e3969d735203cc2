// The way in which a site stores its files: the order of the axes, the number type, and
// the field of the header that has the orientation. Real sites differ in these, and a
// reader must understand them all.
#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "core/volume/volume.h"

namespace gyrus {

struct StorageFormat {
  // The directions of the stored axes, as OrientationOf() writes them: "RAS", "LPI" or
  // "PIR". Each of R/L, A/P and S/I occurs once.
  std::array<char, 3> axes = {'R', 'A', 'S'};
  // Whether voxels are stored as int16, otherwise as float32.
  bool int16 = false;
  // The value of one step of int16, a power of two. All voxels are multiples of it.
  double slope = 1;
  bool sform = true;
  bool qform = true;
};

// The format of a site. Neighbouring site numbers have different formats.
const StorageFormat& StorageOfSite(int site);

// The value nearest to `value` that `format` can store without loss. A value above zero
// becomes at least one step, so that only the background is zero.
float Storable(const StorageFormat& format, double value);

// The bytes of a .nii.gz file that stores `ras` in that format, at the same places in
// space. The axes of `ras` run towards R, A and S, and Storable() has rounded its
// voxels. Equal input gives equal bytes.
std::string EncodeVolume(const StorageFormat& format, const Volume& ras);

}  // namespace gyrus
