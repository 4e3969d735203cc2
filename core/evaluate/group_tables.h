// Errors by age group and by site. An empty group is n/a and stays in the table.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Of the test items of all folds. In a group a subject counts once, by the mean
// absolute error over its visits and repeats there; the interval of a group's
// MAE is that of t over its subjects. The row of all is over the subjects of all
// groups, not over groups. Items outside every group and items without a target
// are counted.
//
// INVALID_ARGUMENT: the edges do not rise. INTERNAL: an item is of no sample.
absl::StatusOr<v1::GroupTable> ErrorsByNumber(const TestedArm& arm, const v1::NumberGroups& groups,
                                              const SamplesById& samples);

// By the text of `column`; "site" is the samples' site. In the order of the
// texts; outside is an item without one.
absl::StatusOr<v1::GroupTable> ErrorsByText(const TestedArm& arm, const std::string& column,
                                            const SamplesById& samples);

}  // namespace gyrus
