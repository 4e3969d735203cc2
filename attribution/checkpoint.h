// Loads a trained network from the folder in which a training left its
// checkpoint, ready to make predictions.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "models/device.h"
#include "models/network.h"

namespace gyrus {

struct TrainedNetwork {
  // Everything but the weights: the trial, with its recipe, its output scale
  // and the statistics of its covariates.
  v1::Checkpoint head;
  // In evaluation mode, with its trained weights set.
  std::shared_ptr<Network> network;
};

// Reads checkpoint.pb and weights.safetensors in `folder`; the network is made on
// `device`. Errors name the path:
//  * NOT_FOUND and the other codes of common/files.h: a file cannot be read.
//  * DATA_LOSS: checkpoint.pb is damaged or of another format, or the weights do
//    not have the digest that it records or do not fit its network.
absl::StatusOr<TrainedNetwork> LoadCheckpoint(const std::string& folder,
                                              const Device& device = CpuDevice());

}  // namespace gyrus
