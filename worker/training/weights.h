// The weights of a network as named tensors.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Names and tensors of the parameters and of running means and variances: views of
// the live ones. The counters of batch norms are left out: PyTorch makes them anew,
// and nothing that Gyrus computes depends on them.
NamedTensors WeightsOf(const Network& network);

// A copy of weights that is never changed.
using WeightSnapshot = std::shared_ptr<const NamedTensors>;
WeightSnapshot SnapshotOf(const NamedTensors& tensors);

// Whether every number of every tensor is finite. Throws as torch does.
bool AreFinite(const NamedTensors& tensors);

// DATA_LOSS: the names or the shapes of the tensors differ; names the first that
// does.
absl::Status CheckSameShapes(const NamedTensors& from, const NamedTensors& into);

// Copies every tensor of `from` over the one of its name in `into`.
// Errors: as CheckSameShapes.
absl::Status CopyTensors(const NamedTensors& from, const NamedTensors& into);

}  // namespace gyrus
