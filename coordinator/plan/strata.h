// The numbers whose distribution all folds share.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

inline constexpr char kUnstratified[] = "none";
// The target of the experiment's task, whatever it is called.
inline constexpr char kByTarget[] = "";

// For each group the mean, over its samples, of `column` (split.kfold.stratify):
// the target, a column of numbers, or none. Groups of which nothing is known have
// the mean over all.
// DATA_LOSS: a column beside the target is not in every row.
absl::StatusOr<std::vector<double>> StrataOf(const v1::ExperimentSpec& spec,
                                             const std::string& column, const Samples& samples,
                                             const std::vector<Group>& groups);

}  // namespace gyrus
