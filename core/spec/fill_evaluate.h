// What the operator left open of `evaluate`.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A part of FillDefaults (defaults.h), after the arms and their tasks: metrics
// are those of what the arms answer with. A comparison, groups, columns and
// alphas that are not asked for stay unset: they have no default.
void FillEvaluate(v1::ExperimentSpec& spec);

}  // namespace gyrus
