// Turns the error of a failed attempt into the reason code that the coordinator
// records. The mark of an error says where it came from.
#pragma once

#include "absl/status/status.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Marks an error that came from a loader, not from torch or another rank.
absl::Status MarkLoader(absl::Status status);

// Marks an error of the initial weights. Another attempt would get the same weights.
absl::Status MarkInitialWeights(absl::Status status);

// Marks an error that every rank has at the same step. Rank 0 reports it for all.
absl::Status MarkShared(absl::Status status);
bool IsShared(const absl::Status& status);

// Marked by the first: LOADER_LOST for UNAVAILABLE, BAD_DATA for DATA_LOSS. Else PEER_LOST for
// UNAVAILABLE and DEADLINE_EXCEEDED, RANKS_DIFFER for DATA_LOSS. Otherwise,
// and for first weights, TRAINER_FAILED: the same would happen again. Not for OK.
v1::Reason ReasonFor(const absl::Status& status);

}  // namespace gyrus
