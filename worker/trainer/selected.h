// The files of a finished trial, which go to the vault.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// In `folder`, where checkpoints/ holds the selected epoch's weights: writes
// selected/checkpoint.pb (`head` with the weights' SHA-256),
// selected/predictions.tsv and, where there are external items,
// selected/external_predictions.tsv, and tells of all of them.
absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(
    const std::string& folder, v1::Checkpoint head, const std::vector<v1::Prediction>& test,
    const std::vector<v1::Prediction>& external);

// The weights of the newest checkpoint in checkpoints/, which are finite, and
// last_finite/checkpoint.pb, which it writes. Empty: there is none.
absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite(const std::string& folder);

}  // namespace gyrus
