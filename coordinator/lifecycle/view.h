// What operators are shown of an experiment.
#pragma once

#include "coordinator/lifecycle/experiment_machine.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// All that is durable. The caller adds what is not: admission, progress and why
// a trial waits, and the plan where it is wanted.
v1::ExperimentView ToView(const ExperimentMachine& machine);

}  // namespace gyrus
