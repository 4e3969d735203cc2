// What operators are shown of experiments, for programs.
#pragma once

#include <string>

#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// Each is one line of JSON, without a line break; docs/cli.md lists the names.
std::string ViewToJson(const v1::ExperimentView& view);
std::string ListToJson(const v1::ListReply& list);
// {"experiment", "reasons"}: of a plan that could not be made.
std::string RefusalToJson(const std::string& experiment, const v1::PlanRefusal& refusal);

}  // namespace gyrus::cli
