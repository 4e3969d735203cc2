// The files of a finished trial, which go to the vault.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// In `folder`, where checkpoints/ holds the selected epoch's weights: writes
// selected/checkpoint.pb (`head` with the weights' SHA-256) and
// selected/predictions.tsv, and tells of all three.
absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(const std::string& folder,
                                                        v1::Checkpoint head,
                                                        const std::vector<v1::Prediction>& test);

}  // namespace gyrus
