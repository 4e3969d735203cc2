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

// A trial of a plan, which must outlive it.
struct PlannedTrial {
  std::string id;        // arm/train/r0/f2/s1
  const v1::Plan* plan;  // The one that it is of: the whole, or an earlier stage's.
  const v1::ArmPlan* arm;
  const v1::Fold* fold;
  std::string stage;
  // The trial of an earlier stage whose weights it goes on with; empty: none.
  std::string parent;
};

// In the order in which they are to be started: by stage, repeat, fold, arm.
std::vector<PlannedTrial> TrialsOf(const v1::Plan& plan);
std::vector<std::string> TrialIds(const v1::Plan& plan);
// NOT_FOUND: the plan has no such trial.
absl::StatusOr<PlannedTrial> FindTrial(const v1::Plan& plan, absl::string_view trial_id);

// NOT_FOUND: the plan has no such trial. Errors of FitToTraining, which a plan
// that MakePlan gave does not have.
absl::StatusOr<v1::TrialSpec> MakeTrialSpec(const v1::Plan& plan, absl::string_view experiment_id,
                                            absl::string_view trial_id);

// What an attempt of `trial` may read; `table_digests` are those of its plan.
v1::GrantBody MakeGrantBody(const v1::TrialSpec& trial, uint32_t attempt,
                            const google::protobuf::RepeatedPtrField<std::string>& table_digests);

}  // namespace gyrus
