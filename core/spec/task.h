// Questions about a task that have one answer whatever its kind: what the network
// is trained to output, and which column of the manifest holds the target.
#pragma once

#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// What a network can be trained to output. A task has one or more of them, of
// kNumber and kClass at most one.
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
// What happens to an item without a target. Unspecified: the task has no target.
v1::Missing MissingOf(const v1::Task& task);

}  // namespace gyrus
