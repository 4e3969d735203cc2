// Ties a run folder to one experiment, so that a run is not continued by another one.
#pragma once

#include "absl/status/status.h"
#include "cli/experiment_file.h"
#include "common/run_folder.h"

namespace gyrus::cli {

// If the run folder has no experiment.yaml yet, writes it: the text of the experiment,
// with the overrides and the digest of the completed experiment as comments. Otherwise
// compares the digests, so that comments and the order of keys do not matter.
//  * FAILED_PRECONDITION: the folder belongs to another experiment.
//  * The codes of common/files.h: the file cannot be read or written.
absl::Status ClaimRunFolder(const RunFolder& run, const ExperimentFile& experiment);

}  // namespace gyrus::cli
