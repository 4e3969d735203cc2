// Where the ranks of an attempt find each other: the coordinator's Exchange.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "gyrus/v1/workers.pb.h"
#include "worker/collective/gloo_collective.h"

namespace gyrus {

// Every call of the result is the next round. Waits up to `patience` for the
// other ranks, and as long for a coordinator that cannot be reached.
ExchangeFn ExchangeAt(const std::string& coordinator_address, const v1::RankId& rank,
                      uint32_t world_size, absl::Duration patience);

}  // namespace gyrus
