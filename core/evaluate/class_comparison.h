// Two arms by the classes that they gave to the same items.
#pragma once

#include "absl/status/status.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Adds McNemar's exact test and DeLong's test of both AUCs, two-sided, over the
// items of the folds that both have. Probabilities of an item that was tested in
// several repeats are averaged first, so that it counts once.
absl::Status CompareClasses(const TestedArm& first, const TestedArm& second,
                            v1::Comparison& comparison);

}  // namespace gyrus
