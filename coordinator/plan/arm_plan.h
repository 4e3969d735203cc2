// An arm, made complete by what the samples are like.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// What the network of an arm costs at the arm's input shape. INVALID_ARGUMENT:
// it cannot be built for that shape, or not be trained as the arm says. A
// parameter of the functions that plan, because core/network and the plan know
// nothing of each other.
using NetworkCostOfArm = absl::FunctionRef<absl::StatusOr<v1::NetworkCost>(const v1::ArmPlan&)>;

// World sizes whose result has the same bits: the powers of two up to the
// leaves of a batch.
std::vector<uint32_t> WorldSizes(const v1::Train& train);

// The one shape that all samples have after the arm's recipe, which is its
// input_shape where it has one: channels, then voxels along x, y, z.
// INVALID_ARGUMENT: there are several. DATA_LOSS: an image is missing.
absl::StatusOr<std::vector<uint32_t>> CommonShape(const v1::ExperimentSpec& spec,
                                                  const v1::ArmPlan& arm, const Samples& samples);

// DATA_LOSS: a covariate of the arm's network is missing or no number.
absl::Status CheckCovariates(const v1::ExperimentSpec& spec, const v1::ArmPlan& arm,
                             const Samples& samples);

// Everything about the arm that can be wrong without looking at a sample, so
// that it is found before any image is read. INVALID_ARGUMENT: no channel; a
// batch or leaf of nothing; resources.slots_per_trial is no world size.
absl::Status CheckArmOfSpec(const v1::ExperimentSpec& spec, const v1::Arm& arm);

// `arm` with all that it has from the experiment, its input shape, cost and
// world sizes.
//  * INVALID_ARGUMENT: samples come out of the recipe in several shapes; the
//    input is too small for the network; resources.slots_per_trial is no world
//    size.
//  * DATA_LOSS: an image, target or covariate that the arm needs is missing or
//    unfit.
absl::StatusOr<v1::ArmPlan> PlanArm(const v1::ExperimentSpec& spec, const v1::Arm& arm,
                                    const Samples& samples, NetworkCostOfArm network_cost);

}  // namespace gyrus
