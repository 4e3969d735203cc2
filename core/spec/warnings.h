// What is allowed but may not be meant.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A sentence for each arm that sees a ratio for which the operator did not say
// whether it is calibrated. The same before and after FillDefaults.
std::vector<std::string> Warnings(const v1::ExperimentSpec& spec);

}  // namespace gyrus
