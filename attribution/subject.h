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

// The files of one subject.
struct SubjectFiles {
  std::map<std::string, std::string> images;  // Channel -> path.
  std::string mask;                           // Empty: the brain is found in the images.
};

// One subject as the network sees it, and where its brain is; all on one grid.
struct PreparedSubject {
  std::vector<Volume> channels;  // In the order of the trial's channels.
  Volume mask;                   // 1 inside of the brain, 0 outside.
};

// Reads the NIfTI files and applies the trial's recipe, without its labels.
//
// INVALID_ARGUMENT: a channel has no image, or there is an image of a channel that
// the network does not read; there is no mask where the network was trained with masks;
// the images are on different grids; or the recipe fails or gives another shape than the
// network was trained on. When a file cannot be read, the error names its path and has a
// code of common/files.h or, for bad content, of core/volume/image.h.
absl::StatusOr<PreparedSubject> PrepareSubject(const v1::TrialSpec& trial,
                                               const SubjectFiles& files);

}  // namespace gyrus
