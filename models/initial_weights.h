// A network's first weights.
#pragma once

#include <cstdint>

#include "models/network.h"

namespace gyrus {

// Sets every parameter and buffer from numbers keyed by (seed, parameter name):
//  * convolutions uniform in +-sqrt(6 / fan_out) (He et al., "Delving deep into
//    rectifiers", 2015, variance 2 / fan_out), their biases 0;
//  * linear layers uniform in +-sqrt(1 / fan_in), LSTMs in +-sqrt(1 / hidden),
//    both weight and bias;
//  * norms scale by 1 and add 0; running means are 0, variances 1.
// Only exactly rounded operations, so the same bits on every machine.
void InitialiseWeights(Network& network, uint64_t seed);

}  // namespace gyrus
