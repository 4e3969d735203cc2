// From an experiment and its samples to everything that will be done.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/plan/plan_tools.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// `spec` has its defaults filled in. The same plan, byte for byte of its split,
// whatever the order of the tables and of the samples in them.
//
// Errors are those of refusal.h, which turns them into typed reasons:
//  * INVALID_ARGUMENT: the experiment cannot run as written (more folds than
//    groups, too much validation, shapes that differ, input too small).
//  * DATA_LOSS: a sample is bad (no target, the voxels of another subject), or
//    all targets have one value.
//  * FAILED_PRECONDITION: the split could not be proved free of leaks.
absl::StatusOr<v1::Plan> MakePlan(const v1::ExperimentSpec& spec,
                                  absl::Span<const v1::SampleTable> tables, const PlanTools& tools);

}  // namespace gyrus
