// Writes the result of an experiment as text, for `gyrus run` and `gyrus results`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// The arms with mean +- SD over folds, then every fold. Says which SD it is, over how many
// folds each mean is, why a fold is missing, and why a metric is undefined. Then follows
// what else was asked for: cumulative scores, groups, corrected gaps and comparisons.
std::string ResultTable(const v1::Result& result);

}  // namespace gyrus
