// Files of first weights that an experiment names.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/coordinator_client.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus::cli {

// SHA-256 (32 bytes) -> path.
using WeightFiles = std::map<std::string, std::string>;

// Where an init stands, and the init: "" (the experiment's own),
// "stages.pretrain.", "arms.T1w.".
std::vector<std::pair<std::string, v1::Init*>> InitsOf(v1::ExperimentSpec& spec);

// Reads each file and notes its digest in init.sha256.
// INVALID_ARGUMENT: the file is neither PyTorch's nor safetensors, or its digest
// is not the one that the experiment says. Errors of reading it. All have the
// path.
absl::StatusOr<WeightFiles> NoteWeightFiles(v1::ExperimentSpec& spec);

// To the coordinator's vault. Errors are the coordinator's.
absl::Status UploadWeights(CoordinatorClient& client, const WeightFiles& files);

}  // namespace gyrus::cli
