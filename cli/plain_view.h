// An experiment's progress as lines in a log.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// What to say of `now` after `before`, which is null the first time: a new
// state, images read by the quarter, new warnings; trials that start, finish an
// epoch, fail or are done.
std::vector<std::string> ChangeLines(const v1::ExperimentView* before,
                                     const v1::ExperimentView& now);

}  // namespace gyrus::cli
