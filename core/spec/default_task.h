// What a task means where it leaves something out.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Doing it twice is doing it once. Which answers a task has is not filled: that
// is the operator's to say.
void FillTask(v1::Task& task);

}  // namespace gyrus
