// Writes a plan as text, for `gyrus plan` and `gyrus show --plan`.
#pragma once

#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// The folds with their sizes and mean targets, the hash of the split, the arms with shapes
// and costs, and warnings.
std::string DescribePlan(const v1::Plan& plan);

}  // namespace gyrus
