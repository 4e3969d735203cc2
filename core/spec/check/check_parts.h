// The parts of CheckExperiment, one for each part of an experiment (the recipe's
// is in core/recipe). Each takes a part with defaults filled and the path where it
// is written, which the paths of its problems begin with.
#pragma once

#include <string>

#include "core/spec/problems.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Numbers must be finite and enum values known, at any depth of `message`, which
// is written at `path`. A file cannot have others, but what a peer sends can.
void CheckValues(const google::protobuf::Message& message, const std::string& path,
                 Problems& problems);

void CheckModel(const v1::Model& model, const std::string& path, Problems& problems);
// The covariates (FiLM) of a network of the experiment.
void CheckFilm(const v1::Film& film, const std::string& path, Problems& problems);
// No covariate of the arm may be its target, under any name. `path` is the arm's.
void CheckTargetLeak(const v1::ArmPlan& arm, const v1::ExperimentSpec& spec,
                     const std::string& path, Problems& problems);
void CheckTask(const v1::Task& task, const std::string& path, Problems& problems);
// `validates`: whether a part of the subjects is held out for validation.
void CheckTrain(const v1::Train& train, bool validates, const std::string& path,
                Problems& problems);

void CheckInit(const v1::Init& init, const std::string& path, Problems& problems);

void CheckSplit(const v1::Split& split, Problems& problems);
// Checks `evaluate` against the tasks of all arms.
void CheckEvaluate(const v1::ExperimentSpec& spec, Problems& problems);

// Checks `resources` against the batches of the experiment and of the arms that
// have their own.
void CheckResources(const v1::ExperimentSpec& spec, Problems& problems);

}  // namespace gyrus
