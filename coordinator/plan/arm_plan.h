// Plans an arm: derives its input shape, its cost and its numbers of ranks from the
// samples.
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

// Returns the cost of an arm's network at the arm's input shape. INVALID_ARGUMENT: the
// network cannot be built for that shape, or cannot be trained as the arm says. It is
// a parameter of the functions that plan, so that this folder does not depend on
// core/network.
using NetworkCostOfArm = absl::FunctionRef<absl::StatusOr<v1::NetworkCost>(const v1::ArmPlan&)>;

// Returns the numbers of ranks that give the same bits: the powers of two up to the
// number of leaves in a batch.
std::vector<uint32_t> WorldSizes(const v1::Train& train);

// Returns the one shape that all samples have after the arm's recipe, which is its
// input_shape where it has one: channels, then voxels along x, y, z.
// INVALID_ARGUMENT: there are several. DATA_LOSS: an image is missing.
absl::StatusOr<std::vector<uint32_t>> CommonShape(const v1::ExperimentSpec& spec,
                                                  const v1::ArmPlan& arm, const Samples& samples);

// DATA_LOSS: a covariate of the arm's network is missing or no number.
absl::Status CheckCovariates(const v1::ExperimentSpec& spec, const v1::ArmPlan& arm,
                             const Samples& samples);

// Checks everything about the arm that does not depend on samples, so that errors are
// found before any image is read. INVALID_ARGUMENT: there is no channel; a batch or
// leaf is empty; resources.slots_per_trial is no world size.
absl::Status CheckArmOfSpec(const v1::ExperimentSpec& spec, const v1::Arm& arm);

// Returns `arm` together with everything that it has from the experiment, its input
// shape, cost and world sizes.
//  * INVALID_ARGUMENT: samples come out of the recipe in several shapes; the
//    input is too small for the network; resources.slots_per_trial is no world
//    size.
//  * DATA_LOSS: an image, target or covariate that the arm needs is missing or
//    unfit.
absl::StatusOr<v1::ArmPlan> PlanArm(const v1::ExperimentSpec& spec, const v1::Arm& arm,
                                    const Samples& samples, NetworkCostOfArm network_cost);

}  // namespace gyrus
