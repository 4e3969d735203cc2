// Writes the results on external cohorts as text, for `gyrus results`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// A table with one row for each arm: mean and SD of the metrics of its networks, and the
// metrics of their ensemble. Empty if there are no external items.
std::string ExternalText(const v1::Result& result);

}  // namespace gyrus
