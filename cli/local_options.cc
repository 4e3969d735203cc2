#include "cli/local_options.h"

#include "cli/experiment_file.h"
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
  // For tests.
  command.add_option("--bin", options.program_folder, "Folder of the other programs")->group("");
}

absl::StatusOr<LocalProgramsOptions> ProgramsFor(const v1::ExperimentSpec& spec,
                                                 const LocalOptions& options) {
  LocalProgramsOptions programs;
  programs.program_folder = options.program_folder;
  programs.cache_folder = options.cache_folder;
  GYRUS_ASSIGN_OR_RETURN(programs.data_roots, DataRoots(spec));
  programs.data_roots.insert(programs.data_roots.end(), options.data_roots.begin(),
                             options.data_roots.end());
  return programs;
}

}  // namespace gyrus::cli
