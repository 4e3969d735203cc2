#include "cli/local_options.h"

#include "cli/experiment_file.h"
#include "common/command_line/number_option.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus::cli {

void AddLocalOptions(CLI::App& command, const Environment& environment, LocalOptions& options) {
  options.cache_folder = environment.cache_folder;
  options.program_folder = environment.program_folder;
  command.add_option("--cache", options.cache_folder, "Folder for prepared volumes of all runs")
      ->type_name("DIR")
      ->capture_default_str();
  command
      .add_option("--data-root", options.data_roots,
                  "Folder that may be read besides those of the manifests and cohorts.NAME.root, "
                  "for links and paths that lead there; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  AddDurationOption(command, "--start-timeout", options.timeouts.start,
                    "How long each program may take to start");
  AddDurationOption(command, "--stop-timeout", options.timeouts.stop,
                    "How long programs may take to stop before they are killed");
  // Hidden, because only tests need it.
  command.add_option("--bin", options.program_folder, "Folder of the other programs")->group("");
}

absl::StatusOr<LocalProgramsOptions> ProgramsFor(const v1::ExperimentSpec& spec,
                                                 const LocalOptions& options) {
  LocalProgramsOptions programs;
  programs.program_folder = options.program_folder;
  programs.cache_folder = options.cache_folder;
  programs.timeouts = options.timeouts;
  if (options.cache_folder.empty()) {
    return absl::InvalidArgumentError(
        "no folder for prepared volumes is known, because the environment names no home folder; "
        "give one with --cache DIR");
  }
  GYRUS_RETURN_IF_ERROR(
      Annotate(MakeFolders(options.cache_folder),
               "the folder for prepared volumes cannot be used (choose another with --cache DIR)"));
  GYRUS_ASSIGN_OR_RETURN(programs.data_roots, DataRoots(spec));
  programs.data_roots.insert(programs.data_roots.end(), options.data_roots.begin(),
                             options.data_roots.end());
  return programs;
}

}  // namespace gyrus::cli
