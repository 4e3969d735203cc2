// A trained network, from the folder that holds its checkpoint.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "models/network.h"

namespace gyrus {

struct TrainedNetwork {
  v1::Checkpoint head;
  std::shared_ptr<Network> network;  // In evaluation.
};

// Reads checkpoint.pb and weights.safetensors of `folder`; the network is made on
// `device`.
// NOT_FOUND and others: as common/files.h, with the path. DATA_LOSS: checkpoint.pb
// is none, its network cannot be, or the weights are not those whose digest it has.
absl::StatusOr<TrainedNetwork> LoadCheckpoint(const std::string& folder,
                                              const Device& device = CpuDevice());

}  // namespace gyrus
