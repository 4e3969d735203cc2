// Warns of networks whose output is the same for all items that they are tested on. Such a
// network distinguishes nothing, however small its error is.
#pragma once

#include <string>
#include <vector>

#include "core/evaluate/tested_arm.h"

namespace gyrus {

// One warning for each fold with at least two predictions in which all numbers, or the
// probabilities of all classes, are the same.
std::vector<std::string> ConstantPredictionWarnings(const TestedArm& arm);

}  // namespace gyrus
