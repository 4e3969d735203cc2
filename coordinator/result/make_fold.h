// The result of one trial.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/lifecycle/trial_status.h"
#include "coordinator/result/result_sources.h"
#include "core/evaluate/gap_correction.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct MadeFold {
  v1::FoldResult result;  // Without its names in the run folder.
  // Only for a trial that is done.
  std::vector<v1::Prediction> predictions;
  std::vector<v1::Prediction> external;
  // The metrics that the experiment asks for, and the one that arms are compared by.
  v1::Metrics metrics;
  std::optional<CorrectedFold> corrected;  // Where it is asked for.
  std::optional<double> baseline;          // What the baseline predicts for every item.
};

// Errors: MakeResult's.
absl::StatusOr<MadeFold> MakeFold(const v1::TrialSpec& trial, const TrialStatus& status,
                                  const v1::Evaluate& evaluate, const ResultSources& sources);

}  // namespace gyrus
