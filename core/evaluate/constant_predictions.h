// Networks that answer one and the same for all that they are tested on: they
// tell nothing apart, however small the error is.
#pragma once

#include <string>
#include <vector>

#include "core/evaluate/tested_arm.h"

namespace gyrus {

// One warning for each fold of at least two predictions where all numbers, or
// the probabilities of all classes, are the same.
std::vector<std::string> ConstantPredictionWarnings(const TestedArm& arm);

}  // namespace gyrus
