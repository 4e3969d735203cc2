// Finds the files with initial weights that an experiment names, and gives them to the
// coordinator.
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

// Every `init` of an experiment with the key of what it belongs to: "" for the
// experiment itself, "stages.pretrain." or "arms.T1w.".
std::vector<std::pair<std::string, v1::Init*>> InitsOf(v1::ExperimentSpec& spec);

// Reads each file, and writes its digest into init.sha256. The messages of errors have
// the path:
//  * INVALID_ARGUMENT: the file is neither a PyTorch nor a safetensors file, or it does
//    not have the digest that the experiment names.
//  * The codes of common/files.h: the file cannot be read.
absl::StatusOr<WeightFiles> NoteWeightFiles(v1::ExperimentSpec& spec);

// Uploads the files to the coordinator's vault. The errors are those of
// CoordinatorClient::UploadWeights().
absl::Status UploadWeights(CoordinatorClient& client, const WeightFiles& files);

}  // namespace gyrus::cli
