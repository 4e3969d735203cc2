// The trainings that come before those which the folds test.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "coordinator/plan/arm_plan.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The tables of the cohorts that `spec`, of one stage, is about.
std::vector<v1::SampleTable> TablesOf(const v1::ExperimentSpec& spec,
                                      absl::Span<const v1::SampleTable> tables);

// Plans the stages of `spec` before its last, which `plan` has, into
// plan.earlier. A stage whose samples have nothing to do with those that folds
// test or select on trains once for all of them; otherwise once a fold, without
// the subjects, families and images of its test and validation parts.
// INVALID_ARGUMENT, DATA_LOSS: as MakePlan; names the stage.
absl::Status AddEarlierStages(const v1::ExperimentSpec& spec,
                              absl::Span<const v1::SampleTable> tables,
                              NetworkCostOfArm network_cost, v1::Plan& plan);

}  // namespace gyrus
