// Plans an experiment: from its file and its samples to every training that will be
// done.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/plan/arm_plan.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Everything that can be wrong with the experiment itself, without a look at any
// sample. Asked before a data loader reads a single image.
// INVALID_ARGUMENT: no arm or one that comes twice; see also CheckArmOfSpec.
absl::Status CheckBeforeAdmission(const v1::ExperimentSpec& spec);

// Everything that can be wrong with the rows of manifests, and with the split that
// they allow. `tables` come from admissions of rows only. Asked before a data
// loader reads a single image.
// Errors are those of MakePlan: rows of the same session, a missing target or
// covariate, more folds than groups.
absl::Status CheckRows(const v1::ExperimentSpec& spec, absl::Span<const v1::SampleTable> tables);

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
                                  absl::Span<const v1::SampleTable> tables,
                                  NetworkCostOfArm network_cost);

}  // namespace gyrus
