// The files that a training leaves for the vault.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/device.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Weights, and what stands beside them.
struct WeightsToWrite {
  const NamedTensors& tensors;
  const Device& device;
  v1::Checkpoint head;  // Without weights_sha256.
};

// Of a training that ended well: writes weights.safetensors, checkpoint.pb,
// predictions.tsv, where there are external items external_predictions.tsv, and
// where initial weights came from elsewhere transfer.tsv, into FOLDER/selected, and
// describes them.
// INVALID_ARGUMENT: an item was predicted twice. Others: as common/file_writer.h.
absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(
    const std::string& folder, WeightsToWrite weights, const std::vector<v1::Prediction>& test,
    const std::vector<v1::Prediction>& external);

// Of a training that broke: the newest weights that were finite, with checkpoint.pb,
// in FOLDER/last_finite.
absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite(const std::string& folder,
                                                          WeightsToWrite weights);

}  // namespace gyrus
