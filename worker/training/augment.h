// Augmentation: random flips and shifts of a training volume. They are a function of
// (seed, epoch, item) and therefore the same on every rank and after a restart.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// `volume` is [channels, x, y, z]; all channels get the same flip and shift. Returns
// `volume` itself where nothing changes.
torch::Tensor Augment(torch::Tensor volume, const v1::Augment& spec, uint64_t seed, uint32_t epoch,
                      const std::string& item);

}  // namespace gyrus
