// Shows the progress of an experiment as lines that are appended, for logs and for
// terminals that cannot draw over their lines.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// The lines to print when the view `now` follows the view `before` (null for the first
// view): a new state, each quarter of the images that has been read, new warnings, and
// trials that have started, finished an epoch, failed or ended.
std::vector<std::string> ChangeLines(const v1::ExperimentView* before,
                                     const v1::ExperimentView& now);

}  // namespace gyrus::cli
