// Comparisons of arms, for a terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A row for each arm beside the one it is compared with, then what was tested
// in sentences, with the reason of what is n/a. `unit` is that of the target.
std::string ComparisonText(const v1::Comparisons& comparisons, const std::string& unit);

// "-0.124 [-0.297, 0.049]"; "n/a"; without the interval where there is none.
std::string EstimateCell(const v1::Estimate& estimate);

}  // namespace gyrus
