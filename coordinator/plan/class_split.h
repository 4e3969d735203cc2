// Assigns groups of samples to folds and draws validation groups so that every part
// has members of every class: what scikit-learn's StratifiedKFold and
// StratifiedGroupKFold do for classes, where numbers are stratified by neighbours
// (split.h).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/random.h"

namespace gyrus {

// How many samples of each class a group has, by the class's index; all groups have
// a number for each class.
using ClassCounts = std::vector<uint32_t>;

// For each group the fold, below `k`, that tests it. The rarest class is assigned
// first, each group to the fold that has fewest samples of the class, then fewest
// at all. Where no group has two classes, each fold gets the same number of groups
// of each class, or one more, and fold sizes differ by at most one. A class that is
// in `k` groups or more is in each fold; with groups of several classes this is
// tried with new lots up to 100 times, because it may be impossible.
std::vector<uint32_t> AssignFoldsByClass(uint32_t k, absl::Span<const ClassCounts> groups,
                                         RandomStream random);

// `count` of `rest` (indices into `groups`), fewer than those. A group counts as one
// of its rarest class. Each class gives its share, rounded; but where `count` allows
// one of each, at least one, and while others have more, not its last one, which
// training needs.
std::vector<uint32_t> DrawByClass(absl::Span<const uint32_t> rest, uint64_t count,
                                  absl::Span<const ClassCounts> groups, RandomStream random);

}  // namespace gyrus
