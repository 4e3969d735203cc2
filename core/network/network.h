// Describes the network of an experiment without building it: its graph of operations,
// its parameters and its cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/network/graph.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// "resnet3d", as the experiment file names it.
std::string NameOf(const v1::Model& model);

// Whether the network sees slices: it then needs model.slices.
bool SeesSlices(const v1::Model& model);

// For items of [channels, x, y, z], with a head for each output of `task` (one
// number where it asks for nothing). What `model` leaves out is filled.
//
// INVALID_ARGUMENT: the model is none of spec.proto; the input has not four
// numbers above 0 or more than 2^31 voxels; an operation cannot take what comes
// to it. Says which, and what is the smallest input.
absl::StatusOr<Graph> MakeGraph(const v1::Model& model, const v1::Task& task, const Shape& input);

// smallest_input: a box that is taken, and none with one axis shorter is; empty
// where there is none up to 512 along an axis. Found by trying.
absl::StatusOr<v1::NetworkCost> NetworkCostOf(const v1::Model& model, const v1::Task& task,
                                              const Shape& input);

}  // namespace gyrus
