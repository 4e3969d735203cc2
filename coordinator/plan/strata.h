// Stratification: the number or class of each group by which folds are made alike.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/plan/class_split.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

inline constexpr char kUnstratified[] = "none";
// The target of the experiment's task, whatever it is called.
inline constexpr char kByTarget[] = "";

// The stratum of each group: a number, or how many of its samples are of each class.
// `classes` is empty where strata are numbers, and `numbers` where they are classes.
struct Strata {
  std::vector<double> numbers;
  std::vector<ClassCounts> classes;
};

// Returns the strata of `column` (split.kfold.stratify): the target, a column of
// numbers, or none. A group's number is the mean over its samples; groups without any
// value get the mean over all. Samples without a class are not counted.
// DATA_LOSS: a column beside the target is not in every row.
absl::StatusOr<Strata> StrataOf(const v1::ExperimentSpec& spec, const std::string& column,
                                const Samples& samples, const std::vector<Group>& groups);

}  // namespace gyrus
