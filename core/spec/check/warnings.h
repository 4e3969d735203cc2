// Warnings about what an experiment may ask for but its author may not mean.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A sentence for each arm and each step of its recipe that gives a warning (see
// RecipeStep in core/recipe). The same before and after FillDefaults.
std::vector<std::string> Warnings(const v1::ExperimentSpec& spec);

}  // namespace gyrus
