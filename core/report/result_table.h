// The table of an experiment, for a terminal.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Arms with mean +- SD over folds, then every fold. Says which SD it is, over
// how many folds each mean is, why a fold is missing and why a metric is n/a.
// Then what else was asked for: cumulative scores, groups, corrected gaps,
// comparisons.
std::string ResultTable(const v1::Result& result);

}  // namespace gyrus
