// Writes a plan as JSON, for programs that read the output of `gyrus plan --json`.
#pragma once

#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// One line of JSON, without a line break. docs/cli.md lists the keys. The parts of a fold
// are lists of item ids, in the order of the plan.
std::string PlanToJson(const v1::Plan& plan);

}  // namespace gyrus
