#include "worker/training/weights.h"

#include <torch/utils.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gyrus {

NamedTensors WeightsOf(const Network& network) {
  NamedTensors weights;
  for (const auto& entry : network.named_parameters()) {
    weights[entry.key()] = entry.value().detach();
  }
  for (const auto& entry : network.named_buffers()) {
    if (entry.value().scalar_type() == torch::kFloat32) weights[entry.key()] = entry.value();
  }
  return weights;
}

WeightSnapshot SnapshotOf(const NamedTensors& tensors) {
  const torch::NoGradGuard no_gradient;
  NamedTensors copies;
  for (const auto& [name, tensor] : tensors) copies[name] = tensor.clone();
  return std::make_shared<const NamedTensors>(std::move(copies));
}

bool AreFinite(const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.isfinite().all().item<bool>()) return false;
  }
  return true;
}

absl::Status CheckSameShapes(const NamedTensors& from, const NamedTensors& into) {
  for (const auto& [name, tensor] : into) {
    const auto found = from.find(name);
    if (found == from.end() || found->second.sizes() != tensor.sizes()) {
      return absl::DataLossError(absl::StrCat("there is no ", name, " that fits"));
    }
  }
  for (const auto& [name, tensor] : from) {
    if (!into.contains(name)) return absl::DataLossError(absl::StrCat(name, " fits nothing"));
  }
  return absl::OkStatus();
}

absl::Status CopyTensors(const NamedTensors& from, const NamedTensors& into) {
  const torch::NoGradGuard no_gradient;
  if (absl::Status status = CheckSameShapes(from, into); !status.ok()) return status;
  for (const auto& [name, tensor] : from) torch::Tensor(into.at(name)).copy_(tensor);
  return absl::OkStatus();
}

}  // namespace gyrus
