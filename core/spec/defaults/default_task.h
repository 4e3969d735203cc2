// The defaults of a task, such as its loss.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes every optional value explicit. Which outputs a task has is left as it is:
// only the operator can say that. Doing it twice is doing it once.
void FillTask(v1::Task& task);

}  // namespace gyrus
