// Writes the files of a training that the agent uploads into the coordinator's vault.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/device.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Weights, and the description that is stored beside them.
struct WeightsToWrite {
  const NamedTensors& tensors;
  const Device& device;
  v1::Checkpoint head;  // Without weights_sha256.
};

// Called after a successful training. Writes weights.safetensors, checkpoint.pb and
// predictions.tsv into FOLDER/selected, with external_predictions.tsv where there are
// external items and transfer.tsv where the initial weights came from a file. Returns
// a description of each file.
// INVALID_ARGUMENT: an item was predicted twice. Others: as common/file_writer.h.
absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(
    const std::string& folder, WeightsToWrite weights, const std::vector<v1::Prediction>& test,
    const std::vector<v1::Prediction>& external);

// Called after a failed training. Writes the newest weights that were finite, with
// their checkpoint.pb, into FOLDER/last_finite.
absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite(const std::string& folder,
                                                          WeightsToWrite weights);

}  // namespace gyrus
