// Writes views of experiments as JSON, for programs that read the output of `gyrus`.
#pragma once

#include <string>

#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// Each function returns one line of JSON, without a line break. docs/cli.md lists the
// keys.
std::string ViewToJson(const v1::ExperimentView& view);
std::string ListToJson(const v1::ListReply& list);
// {"experiment", "reasons"}, for a plan that was refused.
std::string RefusalToJson(const std::string& experiment, const v1::PlanRefusal& refusal);

}  // namespace gyrus::cli
