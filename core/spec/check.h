// Whether an experiment makes sense, as far as its file alone can tell.
#pragma once

#include "absl/status/status.h"
#include "core/spec/source_map.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Judges a spec with defaults filled (defaults.h): names, cohorts, order and
// sizes of the recipe, channels of the arms, ranges of all numbers, slots
// against leaves. What needs the samples (k against subjects, the shape of the
// network's input) is left to the plan.
//
// INVALID_ARGUMENT with a line for each problem, at most ten; each begins with
// the place where `sources` knows the field from, when it knows any, and the
// field's path: "exp.yaml:12: train.epochs: must be at least 1, is 0".
absl::Status CheckExperiment(const v1::ExperimentSpec& spec, const SourceMap& sources = {});

}  // namespace gyrus
