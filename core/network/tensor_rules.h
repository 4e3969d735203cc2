// Rules that select tensors by their names: which are frozen, which have a learning rate
// of their own, and which are not loaded from a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/network/graph.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// For each parameter what the learning rate is multiplied with in `epoch`,
// counted from 0: the product of the factors of train.rates that name it; 0 while
// train.freeze does.
std::vector<double> RateFactors(const std::vector<std::string>& parameters, const v1::Train& train,
                                uint32_t epoch);

// Returns the names of all trained tensors, in the order of the forward pass.
std::vector<std::string> ParameterNames(const Graph& graph);

// INVALID_ARGUMENT: a pattern of train.freeze or train.rates fits nothing that
// learns, one of init.skip no tensor; or nothing learns in the first epoch.
absl::Status CheckTensorRules(const Graph& graph, const v1::Train& train, const v1::Init& init);

}  // namespace gyrus
