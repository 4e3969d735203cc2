// Stages: an experiment may train several times in a chain, such as pretraining and
// finetuning. Each stage is treated as an experiment of its own, without stages.
#pragma once

#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The number of trainings that follow each other: at least 1.
int StageCount(const v1::ExperimentSpec& spec);

// The name of stage number `stage`: "train" where the experiment names no stages.
std::string StageName(const v1::ExperimentSpec& spec, int stage);

// The experiment that stage number `stage` would be on its own:
//  * its cohorts, and for the last stage those of evaluate.external too;
//  * its recipe, model, task, train and init, merged over the experiment's; every
//    stage but the first starts from the weights of the stage before it, unless its
//    init says otherwise;
//  * the arms: unchanged in the last stage; in earlier ones without task, train and
//    init of their own, and with the channels of the stage where it names some.
v1::ExperimentSpec SpecOfStage(const v1::ExperimentSpec& spec, int stage);

}  // namespace gyrus
