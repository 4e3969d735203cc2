// Writes the corrected gaps as text, for `gyrus results`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// SD and correlation with age before and after the correction, then the fitted line of
// each fold. Empty if no correction was asked for.
std::string GapText(const v1::Result& result);

}  // namespace gyrus
