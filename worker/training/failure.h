// Why an attempt failed, as the coordinator wants to know it.
#pragma once

#include "absl/status/status.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Marks an error that came from a loader, not from torch or another rank.
absl::Status MarkLoader(absl::Status status);

// Marks an error of the weights to begin with: no other attempt has others.
absl::Status MarkInitialWeights(absl::Status status);

// Marks an error that every rank has at the same step: the root tells it.
absl::Status MarkShared(absl::Status status);
bool IsShared(const absl::Status& status);

// Marked by the first: LOADER_LOST for UNAVAILABLE, BAD_DATA for DATA_LOSS. Else PEER_LOST for
// UNAVAILABLE and DEADLINE_EXCEEDED, RANKS_DIFFER for DATA_LOSS. Otherwise,
// and for first weights, TRAINER_FAILED: the same would happen again. Not for OK.
v1::Reason ReasonFor(const absl::Status& status);

}  // namespace gyrus
