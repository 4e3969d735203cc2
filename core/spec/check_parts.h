// The parts of CheckExperiment. Each takes a part with defaults filled and the
// path it is written at, which begins the problems' paths.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/problems.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Numbers are finite and words known, at any depth of `message`, which is
// written at `path`. A file cannot have others; what a peer sends can.
void CheckValues(const google::protobuf::Message& message, const std::string& path,
                 Problems& problems);

// `listed` are those of channels.h.
void CheckRecipe(const v1::Recipe& recipe, const std::optional<std::vector<std::string>>& listed,
                 const std::string& path, Problems& problems);

void CheckModel(const v1::Model& model, const std::string& path, Problems& problems);
void CheckTask(const v1::Task& task, const std::string& path, Problems& problems);
// `validates`: whether part of the subjects is held out.
void CheckTrain(const v1::Train& train, bool validates, const std::string& path,
                Problems& problems);

void CheckInit(const v1::Init& init, const std::string& path, Problems& problems);

void CheckSplit(const v1::Split& split, Problems& problems);
// Against the tasks of all arms.
void CheckEvaluate(const v1::ExperimentSpec& spec, Problems& problems);

// Against the batches of the experiment and of the arms that have their own.
void CheckResources(const v1::ExperimentSpec& spec, Problems& problems);

}  // namespace gyrus
