// Transfer of weights: initialises a network from a file or from an earlier stage of
// the experiment, and reports for each tensor what was done with it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/spec.pb.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Loads into `network`, whose weights are initialised already, the tensors of `from`
// that it has too. Names as in torchvision and MONAI match. A kernel with other channels
// or fewer axes is adapted (adapt.h), as `init` allows. Tensors that `init.skip` names
// keep their random values, and so do those of a head or decoder that `from` lacks or
// has in another shape. The report lists every tensor of the network; hashes and frozen
// tensors are added later.
//
// INVALID_ARGUMENT: any other tensor is not in `from` or does not fit, or no tensor is
// loaded at all, or a loaded number is not finite. The message names the tensors.
absl::StatusOr<v1::TransferReport> TransferWeights(const v1::Init& init, const NamedTensors& from,
                                                   Network& network);

// Adds to the report the XXH3-128 of each tensor as it is now. Must be called after
// everything that changes the weights before the first step.
void HashTensors(const Network& network, v1::TransferReport& report);

// Returns a table for people and spreadsheets: one line for each tensor, after lines
// that begin with '#' and name the source of the weights and a summary.
std::string TransferTable(const v1::TransferReport& report);

// Returns for example "37 of 40 tensors loaded, 1 adapted, 2 initialised, 22 frozen
// (33120000 of 33130689 numbers taken over)".
std::string Summary(const v1::TransferReport& report);

}  // namespace gyrus
