// The weights that a training begins with.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "models/network.h"

namespace gyrus {

// Draws all weights from the trial's seed; then those of `file` take the places
// that trial.init gives them. The report says what became of each tensor; it is
// empty without a file.
// INVALID_ARGUMENT: as CheckTensorRules and TransferWeights. Others: as ReadWeights.
absl::StatusOr<v1::TransferReport> SetInitialWeights(const v1::TrialSpec& trial,
                                                     const std::string& file, Network& network);

}  // namespace gyrus
