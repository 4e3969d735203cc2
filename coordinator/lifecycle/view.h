// The view of an experiment that operators see.
#pragma once

#include "coordinator/lifecycle/experiment_machine.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// Everything durable about the experiment. The caller adds what is not durable:
// admission, progress and why a trial waits, and the plan where it is wanted.
// The cost grows with the number of trials.
v1::ExperimentView ToView(const ExperimentMachine& machine);

// The same without trials and warnings, at a cost that does not grow with them.
v1::ExperimentView ToSummary(const ExperimentMachine& machine);

}  // namespace gyrus
