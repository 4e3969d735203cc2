// The target of a sample: the value of the manifest that a network is trained to
// predict for it.
#pragma once

#include <optional>

#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The number, or the index of the class. Absent: the manifest has no value, or a
// class that the task does not name, or the task has neither number nor class.
std::optional<double> TargetOfSample(const v1::Sample& sample, const v1::Task& task);

}  // namespace gyrus
