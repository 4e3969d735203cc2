// Which groups of samples a fold trains on, selects on and tests.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/strata.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// k folds for each repeat, in this order; a fold's number is its position in
// the repeat. Depends on nothing but the arguments.
//
// By classes, folds and validation parts are made as class_split.h says. Else
// `strata` has a number for each group. Groups are sorted by it (equal ones by
// lot), and each k neighbours go to the k folds in an order drawn by lot: the
// folds share the distribution, and their sizes differ by at most one group.
// Then, of the groups that a fold does not test, sorted alike and cut into as
// many runs of neighbours as validation gets groups, one a run is drawn.
// With equal strata both are plain random.
//
// INVALID_ARGUMENT: more folds than groups, or no group is left to train on.
absl::StatusOr<std::vector<v1::Fold>> SplitGroups(const v1::Split& split,
                                                  absl::Span<const Group> groups,
                                                  const Strata& strata);

// A fold without a test part, of the groups that are not left out; validation
// is drawn as above. INVALID_ARGUMENT: no group is left to train on.
absl::StatusOr<v1::Fold> SplitTraining(const v1::Split& split, absl::Span<const Group> groups,
                                       const Strata& strata, const std::vector<bool>& left_out,
                                       uint32_t repeat, uint32_t fold);

}  // namespace gyrus
