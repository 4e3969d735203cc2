// The trainings that a plan asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// One training that a plan asks for. It points into the plan, which must outlive
// it.
struct PlannedTrial {
  std::string id;         // arm/train/r0/f2/s1
  const v1::Plan* whole;  // The experiment's plan.
  const v1::Plan* plan;   // The plan of the trial's stage: `whole`, or that of an earlier stage.
  const v1::ArmPlan* arm;
  const v1::Fold* fold;
  std::string stage;
  // The trial of an earlier stage whose weights this one starts from. Empty where
  // it depends on no other trial.
  std::string parent;
};

// All trials, in the order in which they are to be started: by stage, repeat,
// fold and arm. The cost grows with their number; planned_trials.h keeps them
// for look-ups.
std::vector<PlannedTrial> TrialsOf(const v1::Plan& plan);
std::vector<std::string> TrialIds(const v1::Plan& plan);

// Everything that decides the bits of the trial. Fails with the errors of
// FitToTraining, which a plan made by MakePlan does not have.
absl::StatusOr<v1::TrialSpec> MakeTrialSpec(const PlannedTrial& trial,
                                            absl::string_view experiment_id);

// The items that an attempt of `trial` may read. `table_digests` are those of
// its plan.
v1::GrantBody MakeGrantBody(const v1::TrialSpec& trial, uint32_t attempt,
                            const google::protobuf::RepeatedPtrField<std::string>& table_digests);

}  // namespace gyrus
