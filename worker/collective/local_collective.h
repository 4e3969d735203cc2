// A group of ranks that are threads of one process: for tests, and for a training
// on a single rank.
#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Returns the `size` handles of one group, by rank. The group breaks when a rank
// waits longer than `timeout` for the others, and when a handle is destroyed.
std::vector<std::unique_ptr<Collective>> MakeLocalGroup(int size,
                                                        absl::Duration timeout = absl::Minutes(1));

}  // namespace gyrus
