// First weights from somebody's file or an earlier stage, and what became of
// each tensor.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/spec.pb.h"
#include "models/network.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Takes the tensors of `from` that `network`, whose weights are drawn, has too;
// names of torchvision and MONAI fit. A kernel of other channels or fewer axes is
// adapted (adapt.h), as `init` allows. What `init.skip` names stays as drawn, and
// so does what a head or decoder lacks there or has in another shape. The report
// has every tensor of the network, but for hashes and what is frozen.
//
// INVALID_ARGUMENT: a tensor beside those is not in `from` or does not fit, or
// nothing is taken at all; names them. A number that is taken is not finite.
absl::StatusOr<v1::TransferReport> TransferWeights(const v1::Init& init, const NamedTensors& from,
                                                   Network& network);

// XXH3-128 of each tensor as it is now, which is after all that changed it.
void HashTensors(const Network& network, v1::TransferReport& report);

// For people and spreadsheets: a line for each tensor, after lines that begin
// with '#' and say where the weights are from and what was made of them.
std::string TransferTable(const v1::TransferReport& report);

// "37 of 40 tensors loaded, 1 adapted, 2 drawn, 22 frozen (33120000 of 33130689
// numbers taken over)".
std::string Summary(const v1::TransferReport& report);

}  // namespace gyrus
