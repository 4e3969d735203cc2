// Random initialisation of a network's weights.
#pragma once

#include <cstdint>

#include "models/network.h"

namespace gyrus {

// Sets every parameter and buffer. The random numbers are keyed by the seed and the
// parameter's name, so they do not depend on the order of initialisation:
//  * convolutions uniform in +-sqrt(6 / fan_out) (He et al., "Delving deep into
//    rectifiers", 2015, variance 2 / fan_out), their biases 0;
//  * linear layers uniform in +-sqrt(1 / fan_in), LSTMs in +-sqrt(1 / hidden),
//    both weight and bias;
//  * norms scale by 1 and add 0; running means are 0, variances 1.
// It uses only operations that every machine rounds alike, so the bits are the same
// everywhere.
void InitialiseWeights(Network& network, uint64_t seed);

}  // namespace gyrus
