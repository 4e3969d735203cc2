// Tables of errors for each group of ages, each site or each value of a column. An empty
// group stays in the table, and its error is undefined.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The errors of the test items of all folds, grouped by a number. In a group a subject
// counts once, with the mean absolute error over its sessions and repeats there. The
// interval of a group's MAE is that of t over its subjects. The row "all" is over the
// subjects of all groups, not over the groups. Items outside of every group and items
// without a target are counted.
//
// INVALID_ARGUMENT: the edges do not ascend. INTERNAL: an item has no sample.
absl::StatusOr<v1::GroupTable> ErrorsByNumber(const TestedArm& arm, const v1::NumberGroups& groups,
                                              const SamplesById& samples);

// The same, grouped by the text of `column`; the column "site" is the site of a sample.
// The groups are in the order of the texts. Items without a text are outside of every
// group.
absl::StatusOr<v1::GroupTable> ErrorsByText(const TestedArm& arm, const std::string& column,
                                            const SamplesById& samples);

}  // namespace gyrus
