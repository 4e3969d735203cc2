// Which tensors learn, and how fast beside the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// For each parameter what the learning rate is multiplied with in `epoch`,
// counted from 0: the product of the factors of train.rates that name it; 0 while
// train.freeze does.
std::vector<double> RateFactors(const std::vector<std::string>& parameters, const v1::Train& train,
                                uint32_t epoch);

// INVALID_ARGUMENT: a pattern of train.freeze or train.rates fits no parameter,
// or nothing learns in the first epoch.
absl::Status CheckRateFactors(const std::vector<std::string>& parameters, const v1::Train& train);

}  // namespace gyrus
