// An arm, made complete by what the samples are like.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/plan/plan_tools.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// World sizes whose result has the same bits: the powers of two up to the
// leaves of a batch.
std::vector<uint32_t> WorldSizes(const v1::Train& train);

// `arm` with all that it has from the experiment, its input shape, cost and
// world sizes.
//  * INVALID_ARGUMENT: samples come out of the recipe in several shapes; the
//    input is too small for the network; resources.slots_per_trial is no world
//    size.
//  * DATA_LOSS: an image, target or covariate that the arm needs is missing or
//    unfit.
absl::StatusOr<v1::ArmPlan> PlanArm(const v1::ExperimentSpec& spec, const v1::Arm& arm,
                                    const Samples& samples, const PlanTools& tools);

}  // namespace gyrus
