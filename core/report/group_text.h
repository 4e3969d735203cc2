// Writes errors for each group, and cumulative scores, as text for `gyrus results`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A table for each column that was asked for, with one row for each group and one column
// for each arm. Says how many items are in no group. Empty if none was asked for.
std::string GroupText(const v1::Result& result);

// A table with one row for each arm and one column for each alpha. Empty if none was asked
// for.
std::string CumulativeScoreText(const v1::Result& result);

}  // namespace gyrus
