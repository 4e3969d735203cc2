#include "dataloader/phantom/options.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

constexpr int kMaxSubjects = 99999;
// The linear age effects keep every thickness and radius positive in between.
constexpr double kYoungest = 10;
constexpr double kOldest = 100;
constexpr int64_t kMaxVoxelsAlong = 512;
// Holds the largest head with background on all sides.
constexpr std::array<double, 3> kFieldOfViewMm = {140, 176, 156};

}  // namespace

absl::Status CheckPhantomOptions(const PhantomOptions& o) {
  if (o.folder.empty()) return absl::InvalidArgumentError("folder is empty");
  if (o.subjects < 1 || o.subjects > kMaxSubjects) {
    return absl::InvalidArgumentError(
        absl::StrCat("subjects is ", o.subjects, "; it must be 1 to ", kMaxSubjects));
  }
  if (o.sites < 1 || o.sites > o.subjects) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sites is ", o.sites, "; it must be 1 to the number of subjects, ", o.subjects));
  }
  // Written so that NaN fails too.
  if (!(o.youngest_years >= kYoungest && o.youngest_years < o.oldest_years &&
        o.oldest_years <= kOldest)) {
    return absl::InvalidArgumentError(
        absl::StrCat("ages ", o.youngest_years, " to ", o.oldest_years,
                     " years; they must ascend within ", kYoungest, " to ", kOldest));
  }
  if (!(o.spacing_mm > 0 && o.spacing_mm <= 8)) {
    return absl::InvalidArgumentError(
        absl::StrCat("spacing is ", o.spacing_mm, " mm; it must be above 0 and at most 8"));
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    if (o.size[axis] > kMaxVoxelsAlong) {
      return absl::InvalidArgumentError(absl::StrCat("size is ", o.size[axis],
                                                     " voxels along one axis; at most ",
                                                     kMaxVoxelsAlong, " are taken"));
    }
    if (!(o.size[axis] * o.spacing_mm >= kFieldOfViewMm[axis])) {
      return absl::InvalidArgumentError(
          absl::StrCat("size ", o.size[0], "x", o.size[1], "x", o.size[2], " at ", o.spacing_mm,
                       " mm cuts heads off; at least ", kFieldOfViewMm[0], "x", kFieldOfViewMm[1],
                       "x", kFieldOfViewMm[2], " mm are needed"));
    }
  }
  return absl::OkStatus();
}

}  // namespace gyrus
