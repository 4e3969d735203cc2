// The options of the commands that start a coordinator, a data loader and workers of
// their own on this machine (`gyrus run`, and `gyrus plan` without a coordinator).
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
  LocalTimeouts timeouts;
  // Folders that may be read besides those that the experiment names.
  std::vector<std::string> data_roots;
};

// Adds --cache, --data-root, --start-timeout and --stop-timeout. `options` must outlive
// `command`.
void AddLocalOptions(CLI::App& command, const Environment& environment, LocalOptions& options);

// The programs that an experiment needs without any worker: a coordinator, and a
// loader that may read the experiment's cohorts.
//  * DATA_LOSS: a cohort's folder does not exist.
//  * INVALID_ARGUMENT: no folder for the cache is known, because the environment
//    names no home folder.
//  * The codes of common/files.h: the cache folder cannot be created.
absl::StatusOr<LocalProgramsOptions> ProgramsFor(const v1::ExperimentSpec& spec,
                                                 const LocalOptions& options);

}  // namespace gyrus::cli
