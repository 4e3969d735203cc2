// The table of an experiment, computed from what is stored of it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/result/result_sources.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A file for people, in the run folder, that nothing else keeps.
struct ReadableFile {
  std::string path;
  std::string content;
};

struct MadeResult {
  v1::Result result;
  // With evaluate.bias_correction: each fold's correction beside its weights, and
  // the corrected gaps of its test items. With evaluate.external: the predictions of
  // each arm's ensemble, external/T1w/ensemble.tsv.
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
