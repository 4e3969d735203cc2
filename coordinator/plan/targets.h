// The targets of samples: the values in the manifest that a network should predict.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// TargetOfSample of each of `samples` (indices into the plan's), in their order.
std::vector<std::optional<double>> TargetsOf(const v1::Plan& plan, const v1::ArmPlan& arm,
                                             absl::Span<const uint32_t> samples);
// Those of the targets that are known.
std::vector<double> KnownTargetsOf(const v1::Plan& plan, const v1::ArmPlan& arm,
                                   absl::Span<const uint32_t> samples);

// DATA_LOSS, with its line for each sample:
//  * no target, where task.missing refuses that;
//  * a number that is not finite or outside of the bins, a class that the task
//    does not name;
//  * the same target everywhere: there is nothing to learn.
absl::Status CheckTargets(const v1::ExperimentSpec& spec, const Samples& samples,
                          const v1::Task& task);

// The same for samples that are only predicted, of which any may have no target,
// and all may have the same.
absl::Status CheckKnownTargets(const v1::ExperimentSpec& spec, const Samples& samples,
                               const v1::Task& task);

}  // namespace gyrus
