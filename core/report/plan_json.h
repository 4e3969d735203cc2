// A plan, for programs.
#pragma once

#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// One line of JSON, without a line break; docs/cli.md lists its names. The parts
// of a fold are lists of item ids, in the plan's order.
std::string PlanToJson(const v1::Plan& plan);

}  // namespace gyrus
