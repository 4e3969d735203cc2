// Warns of targets that are probably not what they are said to be: another unit, a code
// for a missing value, a slip of the pen.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// A sentence for each of these among the numbers that an arm predicts, of a complete plan:
//  * values far from the others of their cohort: more than three times the interquartile
//    range beyond the quartiles;
//  * ages that are negative, or above what a person reaches in the unit that the task
//    gives: months under `unit: years`;
//  * external samples (evaluate.external) outside of the range of those trained on;
//  * two cohorts whose ranges do not meet, with the units that would explain it.
// Nothing is refused: a cohort of infants beside one of adults may be meant.
std::vector<std::string> WarningsOfTargets(const v1::Plan& plan);

// Folds whose test part has so few items with a number that R2 and correlations of the
// fold say little, where such a metric is asked for and the tests are computed from folds
// (evaluate.pool).
std::vector<std::string> WarningsOfFewItems(const v1::Plan& plan);

}  // namespace gyrus
