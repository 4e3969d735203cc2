// Ties a run folder to one experiment, so that a run is not continued by another one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cli/experiment_file.h"
#include "common/run_folder.h"

namespace gyrus::cli {

// If nothing was run in the folder yet, writes two files into it: experiment.yaml, which
// is the experiment as it was given, and effective.yaml, which is the experiment as it is
// run, with the overrides and all defaults; comments in it say how it was started
// (`command_line`) and have the digest of the experiment. Otherwise compares the
// experiment with effective.yaml, so that comments and the order of keys do not matter.
//  * FAILED_PRECONDITION: the folder belongs to another experiment; the message has a line
//    for each key that differs: "train.epochs: 3 there, 60 asked".
//  * The codes of common/files.h: a file cannot be read or written.
absl::Status ClaimRunFolder(const RunFolder& run, const ExperimentFile& experiment,
                            const std::string& command_line);

}  // namespace gyrus::cli
