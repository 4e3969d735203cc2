// A plan, for people.
#pragma once

#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// What `gyrus plan` prints: folds with sizes and target means, the split's
// hash, arms with shape and cost, warnings.
std::string DescribePlan(const v1::Plan& plan);

}  // namespace gyrus
