// Results on external cohorts, for a terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A row for each arm: the metrics of its networks, mean and SD, beside those of
// their ensemble. Empty: there are no external items.
std::string ExternalText(const v1::Result& result);

}  // namespace gyrus
