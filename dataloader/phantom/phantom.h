// A synthetic cohort for demonstrations and tests: brains whose anatomy tells
// age and whose intensities do not.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "dataloader/phantom/options.h"

namespace gyrus {

// Writes <id>/<id>_T1w.nii.gz and <id>/<id>_T2w.nii.gz, skull-stripped
// (background 0) and on one grid, and last participants.csv: columns
// subject_id, age (years), site, sex, t1w, t2w (paths relative to the folder).
// So a folder with a manifest is whole. How the files are stored differs
// between sites: see storage.h.
//
// The same options give the same voxels and headers on every machine, and the
// same files where libdeflate is the same. `progress`, if set, is called after
// each subject.
//
//  * INVALID_ARGUMENT: of CheckPhantomOptions.
//  * FAILED_PRECONDITION: the folder has something in it; nothing was written.
//  * What WriteFileAtomically and MakeFolders return.
absl::Status WritePhantoms(const PhantomOptions& options,
                           const std::function<void(int done, int total)>& progress);

}  // namespace gyrus
