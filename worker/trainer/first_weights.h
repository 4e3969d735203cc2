// The weights that a training begins with.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "models/network.h"

namespace gyrus {

// Names of what is trained, in the order of Network::parameters().
std::vector<std::string> ParameterNames(const Network& network);

// Draws all weights from the trial's seed; then those of `file` take the places
// that trial.init gives them. The report says what became of each tensor; it is
// empty without a file.
// INVALID_ARGUMENT: nothing of the file fits, a pattern of init.skip,
// train.freeze or train.rates names nothing; DATA_LOSS and others: as ReadWeights.
absl::StatusOr<v1::TransferReport> SetFirstWeights(const v1::TrialSpec& trial,
                                                   const std::string& file, Network& network);

}  // namespace gyrus
