// What operators are shown of experiments, for a terminal.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// One experiment: state, reasons, warnings, trials, and the plan where it is
// there. `now`: UTC.
std::string ViewText(const v1::ExperimentView& view, absl::Time now);

// A row each.
std::string ListText(const v1::ListReply& list, absl::Time now);

}  // namespace gyrus::cli
