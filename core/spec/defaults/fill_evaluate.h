// The defaults of `evaluate`, the part of an experiment that says which results are
// computed.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The part of FillDefaults (defaults.h) that follows once the arms and their tasks
// are filled, because the metrics depend on what the arms output. A comparison,
// groups, columns and alphas have no default and stay unset.
void FillEvaluate(v1::ExperimentSpec& spec);

}  // namespace gyrus
