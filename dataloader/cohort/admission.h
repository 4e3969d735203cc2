// Admits a cohort: reads its manifest and each of its images once, before anything
// is trained on them, and says what it holds or everything that is wrong with it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/executor.h"
#include "dataloader/cohort/data_root.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

struct Admission {
  v1::AdmittedCohort cohort;
  // One reason for each bad row and file. There is none if the cohort is admitted.
  std::vector<v1::Reason> reasons;
};

// An image is admitted when it is whole, of a kind that Gyrus reads, finite, and
// on one grid with the sample's other channels and its mask; labels are whole numbers,
// and a mask is not empty. Images are read only when all rows
// are good and all files are there, so reasons are either of the first kind or of
// the second. `progress` gets the numbers of images read and in all, from the
// executor's threads, one call at a time; it returns false when nobody waits for
// the admission any more. Blocks.
//
// With request.rows_only no image is read: the table has the rows of the manifest,
// and `reasons` says what is wrong with them or which files are missing.
//
// CANCELLED: after `progress` was false. Other errors are those of ReadManifest
// and DataRoot: the manifest itself.
absl::StatusOr<Admission> Admit(const v1::AdmitRequest& request, const DataRoot& root,
                                Executor& executor,
                                const std::function<bool(int read, int total)>& progress);

// Where an image of an admitted cohort lies.
absl::StatusOr<std::string> ImagePath(const v1::AdmittedCohort& cohort, const v1::Image& image,
                                      const DataRoot& root);

}  // namespace gyrus
