// What the manifest says that a sample should be answered with.
#pragma once

#include <optional>

#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A number, or the index of a class. Absent: the manifest has none, or a class
// that the task does not name, or the task asks for neither.
std::optional<double> TargetOfSample(const v1::Sample& sample, const v1::Task& task);

}  // namespace gyrus
