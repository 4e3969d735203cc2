// Writes the comparisons of arms as text, for `gyrus results`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A table with one row for each arm that is compared, then the tests in sentences, with
// the reason for each that is undefined. `unit` is that of the target.
std::string ComparisonText(const v1::Comparisons& comparisons, const std::string& unit);

// A value with its interval: "-0.124 [-0.297, 0.049]". Without the interval if it is
// undefined, and "n/a" if the value is.
std::string EstimateCell(const v1::Estimate& estimate);

}  // namespace gyrus
