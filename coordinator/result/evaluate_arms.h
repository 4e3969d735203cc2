// Statistics of whole arms: compared with each other, and by groups of items.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Adds what the plan's `evaluate` asks for: comparisons, tables by group and
// cumulative scores. `arms` are those of the plan and of `result`, in the order
// of both. Arms that predict no number have no errors, so no such tables.
absl::Status EvaluateArms(const v1::Plan& plan, absl::Span<const TestedArm> arms,
                          v1::Result& result);

// Adds the comparison of the arms' ensembles on the plan's external samples, where
// one is asked for, or why there is none. `arms`: of each fold that is done, its
// predictions of them.
absl::Status EvaluateEnsembles(const v1::Plan& plan, absl::Span<const TestedArm> arms,
                               v1::Result& result);

}  // namespace gyrus
