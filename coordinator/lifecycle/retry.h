// Which failed attempts count against their trial.
#pragma once

#include <cstdint>

#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// After so many attempts that count, a trial is given up.
inline constexpr uint32_t kMaxAttempts = 3;

// Every passing fault (common/reason) is followed by another attempt, and what the
// environment did counts against no limit. A trainer that crashed may have a mistake
// of its own, so it does count: it would crash for ever.
bool CountsTowardsLimit(v1::ReasonCode code);

}  // namespace gyrus
