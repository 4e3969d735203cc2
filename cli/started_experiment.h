// What a run folder says was started in it.
#pragma once

#include "absl/status/status.h"
#include "cli/experiment_file.h"
#include "common/run_folder.h"

namespace gyrus::cli {

// Writes experiment.yaml into a run folder that has none: the text as given,
// with the overrides and the spec's digest as comments. One that is there must
// be of the same spec, wherever the file lies and whatever its comments say.
//  * FAILED_PRECONDITION: another experiment was started there.
absl::Status ClaimRunFolder(const RunFolder& run, const ExperimentFile& experiment);

}  // namespace gyrus::cli
