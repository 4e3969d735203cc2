// Random changes to a training volume, a function of (seed, epoch, item).
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// `volume` is [channels, x, y, z]; all channels are changed alike. Returns the
// volume itself where nothing changes.
torch::Tensor Augment(torch::Tensor volume, const v1::Augment& spec, uint64_t seed, uint32_t epoch,
                      const std::string& item);

}  // namespace gyrus
