#include "core/volume/labels.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace gyrus {
namespace {

constexpr double kTolerance = 1e-3;

std::string PlaceOf(const Volume& volume, size_t index) {
  const int64_t at = static_cast<int64_t>(index);
  const int64_t plane = volume.shape[1] * volume.shape[2];
  return absl::StrCat("voxel (", at / plane, ", ", at / volume.shape[2] % volume.shape[1], ", ",
                      at % volume.shape[2], ")");
}

}  // namespace

absl::Status RoundLabels(Volume& labels) {
  for (size_t i = 0; i < labels.size(); ++i) {
    float& voxel = labels.voxels[i];
    const float whole = std::round(voxel);
    if (std::abs(whole) > static_cast<float>(kMaxLabel)) {
      return absl::InvalidArgumentError(absl::StrCat("a label is too large: ", PlaceOf(labels, i),
                                                     " is about ", absl::StrFormat("%.0f", voxel),
                                                     ", and only labels up to ", kMaxLabel,
                                                     " can be told apart; number the labels anew"));
    }
    if (!(std::abs(double{voxel} - whole) <= kTolerance)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "not an image of labels: ", PlaceOf(labels, i), " is ", voxel,
          ", which is no whole number (to within 0.001); store the labels as integers, and "
          "resample them to the nearest voxel"));
    }
    voxel = whole + 0.0f;  // Never -0.
  }
  return absl::OkStatus();
}

}  // namespace gyrus
