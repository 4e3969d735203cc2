// Writes views of experiments as text, for `gyrus show` and `gyrus list`.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// One experiment with its state, reasons, warnings and trials, and its plan if the view
// has it. `now` is the present time.
std::string ViewText(const v1::ExperimentView& view, absl::Time now);

// A table with one row for each experiment.
std::string ListText(const v1::ListReply& list, absl::Time now);

}  // namespace gyrus::cli
