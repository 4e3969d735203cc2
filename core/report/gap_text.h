// Corrected gaps, for a terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// SD and correlation with age before and after the correction, then each fold's
// line. Empty: none was asked for.
std::string GapText(const v1::Result& result);

}  // namespace gyrus
