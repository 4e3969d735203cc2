// Reads every image of a cohort once and says what there is, or what is wrong.
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
  // Every bad row and file; then the cohort is not admitted.
  std::vector<v1::Reason> reasons;
};

// An image is admitted when it is whole, of a kind that Gyrus reads, finite, and
// on one grid with the sample's other channels. `progress` is told images read
// and in all, from the executor's threads, one call at a time; false: nobody
// wants to know any more. Blocks.
//
// With rows_only no image is read: the table has the rows of the manifest, and
// `reasons` what is wrong with them.
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
