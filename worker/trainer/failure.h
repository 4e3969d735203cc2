// Why an attempt failed, as the coordinator wants to know it.
#pragma once

#include "absl/status/status.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Marks an UNAVAILABLE that came from a loader, not from another rank.
absl::Status MarkLoader(absl::Status status);

// LOADER_LOST where marked; PEER_LOST for other UNAVAILABLE and
// DEADLINE_EXCEEDED; RANKS_DIFFER for DATA_LOSS between ranks; otherwise
// TRAINER_FAILED: the same would happen again. Not for OK.
v1::Reason ReasonFor(const absl::Status& status);

}  // namespace gyrus
