// Rules that decide whether a failed attempt is followed by another.
#pragma once

#include <cstdint>

#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Attempts of a trial that may fail by themselves before it is given up.
inline constexpr uint32_t kMaxAttempts = 3;

// Another attempt may well succeed: something went away, nobody was wrong.
bool IsTransient(v1::ReasonCode code);

// Towards the limit of attempts. A restart of this program or of a worker is
// no sign that the trial is to blame.
bool CountsTowardsLimit(v1::ReasonCode code);

}  // namespace gyrus
