// An experiment in stages, as a chain of experiments without.
#pragma once

#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// How many trainings follow each other; at least 1.
int StageCount(const v1::ExperimentSpec& spec);

// "train" where no stages are named.
std::string StageName(const v1::ExperimentSpec& spec, int stage);

// The experiment, without stages, that stage number `stage` alone would be: its
// cohorts, of the last one those of evaluate.external too, and its own recipe,
// model, task, train and init over the experiment's; init of all but the first goes
// on from the stage before where it does not say otherwise. The last one has the
// arms as they are; of the earlier ones arms have no task, train or init of their
// own, and the channels of the stage where it names some.
v1::ExperimentSpec SpecOfStage(const v1::ExperimentSpec& spec, int stage);

}  // namespace gyrus
