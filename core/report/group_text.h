// Errors by group and by alpha, for a terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A table for each column that was asked for: groups down, arms across. Says
// how many items are in no group. Empty: none was asked for.
std::string GroupText(const v1::Result& result);

// A row for each arm, a column for each alpha. Empty: none was asked for.
std::string CumulativeScoreText(const v1::Result& result);

}  // namespace gyrus
