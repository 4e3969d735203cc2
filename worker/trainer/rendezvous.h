// The rendezvous of the ranks of one attempt: each rank sends its address to the
// coordinator's Exchange and receives those of the others.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "gyrus/v1/workers.pb.h"
#include "worker/collective/gloo_collective.h"

namespace gyrus {

// Each call of the returned function is the next round. It waits up to `patience`
// for the other ranks, and equally long for a coordinator that cannot be reached.
ExchangeFn ExchangeAt(const std::string& coordinator_address, const v1::RankId& rank,
                      uint32_t world_size, absl::Duration patience);

}  // namespace gyrus
