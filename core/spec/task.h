// What there is to say of a task, whatever its kind.
#pragma once

#include <string>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Whether it answers with a number: a regression, or soft labels.
bool HasNumber(const v1::Task& task);
// Whether it answers with a class.
bool HasClass(const v1::Task& task);
// Either: there is a target in the manifest.
bool HasScalar(const v1::Task& task);

// The column of the number or class. Empty: neither is asked for.
const std::string& TargetOf(const v1::Task& task);
// Of predictions and errors. Empty: none was given, or there is no number.
const std::string& UnitOf(const v1::Task& task);
// What becomes of an item without a target. Unspecified: there is no target.
v1::Missing MissingOf(const v1::Task& task);

}  // namespace gyrus
