// Names of states and reasons as people and JSON write them.
#pragma once

#include <string>

#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// The enum value's name without the enum's: VALID, DONE, PEER_LOST.
std::string NameOf(v1::ExperimentState state);
std::string NameOf(v1::TrialState state);
std::string NameOf(v1::ReasonCode code);

}  // namespace gyrus
