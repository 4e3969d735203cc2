// A group of threads in one process.
#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "worker/collective/collective.h"

namespace gyrus {

// `size` ends of one group, by rank. A rank that waits longer than `timeout`
// for the others breaks the group, as does one whose end is destroyed.
std::vector<std::unique_ptr<Collective>> MakeLocalGroup(int size,
                                                        absl::Duration timeout = absl::Minutes(1));

}  // namespace gyrus
