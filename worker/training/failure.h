// Errors that all ranks of an attempt have at the same step, so that one report of
// them is enough. Why an attempt failed is said by common/reason.
#pragma once

#include "absl/status/status.h"

namespace gyrus {

// Marks an error that every rank has at the same step: rank 0 reports it for all.
absl::Status MarkShared(absl::Status status);
bool IsShared(const absl::Status& status);

}  // namespace gyrus
