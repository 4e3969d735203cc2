// Compares two arms by the classes that they predicted for the same items.
#pragma once

#include "absl/status/status.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Adds McNemar's exact test and DeLong's test of the two AUCs, both two-sided, over the
// items in the folds that both arms have. The probabilities of an item that was tested in
// several repeats are averaged first, so that it counts once.
// INVALID_ARGUMENT: the errors of ClassItemsOf().
absl::Status CompareClasses(const TestedArm& first, const TestedArm& second,
                            v1::Comparison& comparison);

}  // namespace gyrus
