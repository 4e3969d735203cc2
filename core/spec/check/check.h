// The check of a whole experiment: whether it makes sense, as far as its file alone
// can tell.
#pragma once

#include "absl/status/status.h"
#include "core/spec/source_map.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Checks a spec with defaults filled (core/spec/defaults): names, cohorts, order and
// parameters of recipe steps, channels of the arms, ranges of all numbers, slots
// against leaves. The plan checks what needs the samples (k against the number of
// subjects, the shape of the network's input).
//
// INVALID_ARGUMENT with a line for each problem, at most ten. A line begins with the
// place where the field was written, if `sources` has it, and the field's path:
// "exp.yaml:12: train.epochs: must be at least 1, is 0".
absl::Status CheckExperiment(const v1::ExperimentSpec& spec, const SourceMap& sources = {});

}  // namespace gyrus
