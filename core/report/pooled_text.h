// The metrics of all test items together and the comparison with the baseline, for a
// terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A table of the arms' pooled metrics, what tests and intervals are computed from, and a
// line for each arm that says whether it is better than its baseline. Empty: no fold is
// done.
std::string PooledText(const v1::Result& result);

}  // namespace gyrus
