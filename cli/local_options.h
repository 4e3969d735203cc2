// What the commands that start programs of their own have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"
#include "cli/local_programs.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus::cli {

struct LocalOptions {
  std::string cache_folder;
  std::string program_folder;
  // Folders that may be read besides those that the experiment names.
  std::vector<std::string> data_roots;
};

// --cache and --data-root. `options` must outlive `command`.
void AddLocalOptions(CLI::App& command, const Environment& environment, LocalOptions& options);

// A coordinator and a loader that may read the experiment's cohorts; no workers.
// DATA_LOSS: a cohort's folder is not there.
absl::StatusOr<LocalProgramsOptions> ProgramsFor(const v1::ExperimentSpec& spec,
                                                 const LocalOptions& options);

}  // namespace gyrus::cli
