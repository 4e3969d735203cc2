// Questions about a task that have one answer whatever its kind: what the network
// is trained to output, and which column of the manifest holds the target.
#pragma once

#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The kinds of output that a network can be trained for. A task has one or more of
// them, but at most one of kNumber and kClass.
enum class OutputKind { kNumber, kClass, kSegmentation, kReconstruction };

bool HasOutput(const v1::Task& task, OutputKind output);
// "number", "class", "label image", "reconstruction".
std::string NameOf(OutputKind output);

// Whether it outputs a number: a regression, or soft labels.
bool HasNumber(const v1::Task& task);
// Whether it outputs a class.
bool HasClass(const v1::Task& task);
// Either of the two: the manifest has a target.
bool HasScalar(const v1::Task& task);

// The manifest's column of the number or class. Empty: the task has neither.
const std::string& TargetOf(const v1::Task& task);
// The unit of predictions and errors. Empty: none was given, or the task has no
// number.
const std::string& UnitOf(const v1::Task& task);
// Returns how items without a target are treated. It is unspecified where the task has
// no target.
v1::Missing MissingOf(const v1::Task& task);

}  // namespace gyrus
