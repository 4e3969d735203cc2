#include "attribution/checkpoint.h"

#include <torch/utils.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/network/pattern.h"
#include "core/spec/covariates.h"
#include "models/torch_boundary.h"
#include "models/weights/weights_file.h"

namespace gyrus {
namespace {

absl::Status CheckWeights(const v1::Checkpoint& head, const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  if (Sha256Of(file.bytes()) == head.weights_sha256()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path, " is damaged, or it belongs to another training than the checkpoint.pb beside it"));
}

// Every tensor of the graph must be in the file. A tensor that silently kept a random value
// would give a wrong map.
absl::Status SetWeights(const NamedTensors& weights, Network& network) {
  std::map<std::string, torch::Tensor> live;
  for (const auto& entry : network.named_parameters()) live[entry.key()] = entry.value();
  for (const auto& entry : network.named_buffers()) live[entry.key()] = entry.value();
  const torch::NoGradGuard no_gradient;
  for (const NamedShape& tensor : TensorsOf(network.graph())) {
    const auto found = weights.find(tensor.name);
    if (found == weights.end() || found->second.sizes() != live.at(tensor.name).sizes()) {
      return absl::DataLossError(
          absl::StrCat("it holds no tensor ", tensor.name, " of the network's shape"));
    }
    live.at(tensor.name).copy_(found->second);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainedNetwork> LoadCheckpoint(const std::string& folder, const Device& device) {
  TrainedNetwork trained;
  const std::string head_path = absl::StrCat(folder, "/checkpoint.pb");
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(head_path));
  if (!trained.head.ParseFromString(bytes) || trained.head.format_version() != 1) {
    return absl::DataLossError(
        absl::StrCat(head_path, " is not a checkpoint that this version of Gyrus reads"));
  }
  const v1::TrialSpec& trial = trained.head.trial();
  // The mean and SD of each covariate are needed to scale what the user gives.
  const auto scales = CovariateScalesOf(trial);
  if (!scales.ok()) return Annotate(scales.status(), absl::StrCat(head_path, " is damaged"));
  const std::string path = absl::StrCat(folder, "/weights.safetensors");
  GYRUS_RETURN_IF_ERROR(CheckWeights(trained.head, path));
  GYRUS_ASSIGN_OR_RETURN(const LoadedWeights weights, ReadWeights(path));
  GYRUS_ASSIGN_OR_RETURN(
      trained.network,
      MakeNetwork(trial.model(), trial.task(),
                  {trial.input_shape().begin(), trial.input_shape().end()}, device));
  absl::Status status;
  GYRUS_RETURN_IF_ERROR(CallTorch("setting weights", [&] {
    status = SetWeights(weights.tensors, *trained.network);
    trained.network->eval();
  }));
  if (!status.ok()) return Annotate(status, path);
  return trained;
}

}  // namespace gyrus
