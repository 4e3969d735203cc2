// The table of an experiment, computed from what is stored of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/trials.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Where what the machine only names is kept.
struct ResultSources {
  // The stored file with this SHA-256.
  std::function<absl::StatusOr<std::string>(const std::string& sha256)> predictions;
  // What a rank of an attempt visited, by epoch. Empty function: left out.
  std::function<absl::StatusOr<std::vector<v1::EpochVisits>>(const std::string& trial_id,
                                                             uint32_t attempt, uint32_t rank)>
      visits;
};

// In the run folder: predictions/T1w/r0-f2.tsv, checkpoints/T1w/r0-f2; below the
// experiment's folder, if it has one.
std::string PredictionsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial);
std::string CheckpointFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial);

// Metrics are computed anew from the stored predictions, and only those of
// `evaluate.metrics`; the baseline of every fold from the plan. Means are over
// the folds that are done; the others are there with their state and reason.
//  * FAILED_PRECONDITION: it is not planned yet.
//  * DATA_LOSS: stored predictions are damaged, or are not of the fold's test
//    items.
absl::StatusOr<v1::Result> MakeResult(const ExperimentMachine& machine,
                                      const ResultSources& sources);

}  // namespace gyrus
