// The names of states and reasons, as they are shown to people and written to JSON.
#pragma once

#include <string>

#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// The name of the value without that of its enum: VALID, DONE, PEER_LOST.
std::string NameOf(v1::ExperimentState state);
std::string NameOf(v1::TrialState state);
std::string NameOf(v1::ReasonCode code);

}  // namespace gyrus
