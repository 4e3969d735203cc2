#include "coordinator/result/model_file.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/result/run_folder_names.h"
#include "core/report/model_json.h"

namespace gyrus {

absl::StatusOr<ReadableFile> ModelFileOf(const ExperimentMachine& machine,
                                         const PlannedTrial& trial) {
  GYRUS_ASSIGN_OR_RETURN(const v1::TrialSpec spec, MakeTrialSpec(trial, machine.id()));
  return ReadableFile{.path = absl::StrCat(CheckpointFolderOf(machine, trial), "/model.json"),
                      .content = ModelJson(spec)};
}

}  // namespace gyrus
