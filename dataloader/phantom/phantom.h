// Writes a synthetic cohort for demonstrations and tests. The anatomy of its brains
// depends on age; the intensities do not.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "dataloader/phantom/options.h"

namespace gyrus {

// Writes <id>/<id>_T1w.nii.gz and <id>/<id>_T2w.nii.gz, skull-stripped (background 0)
// and on one grid, and then participants.csv with the columns subject_id, age (years),
// site, sex, t1w and t2w (paths relative to the folder). The manifest is written last,
// so that a folder with a manifest is complete. The sites store their files in
// different ways; see storage.h.
//
// The same options give the same voxels and headers on every machine, and the
// same files where libdeflate is the same. `progress`, if set, is called after
// each subject.
//
//  * INVALID_ARGUMENT: an option is wrong; see CheckPhantomOptions().
//  * FAILED_PRECONDITION: the folder is not empty; nothing was written.
//  * The codes of common/files.h: a file cannot be written.
absl::Status WritePhantoms(const PhantomOptions& options,
                           const std::function<void(int done, int total)>& progress);

}  // namespace gyrus
