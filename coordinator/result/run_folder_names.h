// Where the files of an experiment lie in the run folder.
#pragma once

#include <string>

#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/trials.h"

namespace gyrus {

// Relative to the run folder: predictions/T1w/r0-f2.tsv, checkpoints/T1w/r0-f2,
// failed/T1w/r0-f2, external/T1w/r0-f2.tsv and corrected_gaps/T1w/r0-f2.tsv. All
// lie below the experiment's folder, where it has one.
std::string PredictionsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string ExternalFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string CheckpointFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string FailedFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string CorrectedGapsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
// The learning curves of all trials.
std::string CurvesFileOf(const ExperimentMachine& machine);
// The predictions of an arm's ensemble of external items.
std::string EnsembleFileOf(const ExperimentMachine& machine, const std::string& arm);

}  // namespace gyrus
