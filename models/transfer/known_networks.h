// The published networks that Gyrus recognises from a file of weights.
#pragma once

#include <vector>

#include "core/network/graph.h"
#include "core/weights/names.h"

namespace gyrus {

// Residual networks of volumes and of slices in their usual depths, with
// batch norm (as published weights are) and with Gyrus' default, as the experiment
// file names them ("resnet2d: {depth: 50, norm: batch}").
std::vector<Candidate> KnownNetworks(uint32_t channels);

}  // namespace gyrus
