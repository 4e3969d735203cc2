// The table of an experiment, computed from what is stored of it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/trials.h"
#include "coordinator/report/result_sources.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// In the run folder: predictions/T1w/r0-f2.tsv, checkpoints/T1w/r0-f2,
// failed/T1w/r0-f2, external/T1w/r0-f2.tsv, corrected_gaps/T1w/r0-f2.tsv; below the experiment's
// folder, if it has one.
std::string PredictionsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string ExternalFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string CheckpointFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string FailedFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string CorrectedGapsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);

// A file for people, in the run folder, that nothing else keeps.
struct ReadableFile {
  std::string path;
  std::string content;
};

struct MadeResult {
  v1::Result result;
  // What evaluate.bias_correction gives: each fold's correction beside its
  // weights, and the corrected gaps of its test items. What evaluate.external
  // gives: each arm's ensemble's predictions, external/T1w/ensemble.tsv.
  std::vector<ReadableFile> files;
};

// Metrics are computed anew from the stored predictions, and only those of
// `evaluate.metrics`; the baseline of every fold from the plan. Means are over
// the folds that are done; the others are there with their state and reason.
//  * FAILED_PRECONDITION: it is not planned yet.
//  * DATA_LOSS: stored predictions are damaged, or are not of the fold's items.
absl::StatusOr<MadeResult> MakeResult(const ExperimentMachine& machine,
                                      const ResultSources& sources);

}  // namespace gyrus
