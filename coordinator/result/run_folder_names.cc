#include "coordinator/result/run_folder_names.h"

#include "absl/strings/str_cat.h"
#include "core/spec/fold_name.h"

namespace gyrus {
namespace {

std::string Prefix(const ExperimentMachine& machine) {
  return machine.folder().empty() ? "" : absl::StrCat(machine.folder(), "/");
}

std::string NameOf(const PlannedTrial& trial) {
  // Earlier stages, which test nothing, have folders of their own.
  const std::string stage = trial.fold->test().empty() ? absl::StrCat(trial.stage, "/") : "";
  return absl::StrCat(stage, trial.arm->name(), "/",
                      FoldFileName(trial.fold->repeat(), trial.fold->fold()));
}

}  // namespace

std::string PredictionsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "predictions/", NameOf(trial), ".tsv");
}

std::string ExternalFileOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "external/", NameOf(trial), ".tsv");
}

std::string CheckpointFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "checkpoints/", NameOf(trial));
}

std::string FailedFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "failed/", NameOf(trial));
}

std::string CurvesFileOf(const ExperimentMachine& machine) {
  return absl::StrCat(Prefix(machine), "curves.tsv");
}

std::string CorrectedGapsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "corrected_gaps/", NameOf(trial), ".tsv");
}

std::string EnsembleFileOf(const ExperimentMachine& machine, const std::string& arm) {
  return absl::StrCat(Prefix(machine), "external/", arm, "/ensemble.tsv");
}

}  // namespace gyrus
