// The file beside a trial's weights that tells how to use them.
#pragma once

#include "absl/status/statusor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/trials.h"
#include "coordinator/result/make_result.h"

namespace gyrus {

// checkpoints/T1w/r0-f0/model.json, as core/report/model_json.h writes it. It is made from
// the plan alone, so the trainer need not upload it. Errors: those of MakeTrialSpec.
absl::StatusOr<ReadableFile> ModelFileOf(const ExperimentMachine& machine,
                                         const PlannedTrial& trial);

}  // namespace gyrus
