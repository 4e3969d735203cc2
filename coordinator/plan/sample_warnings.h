// Warnings about the samples of a plan that are allowed but unusual. The plan shows
// them before anything is trained.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Returns a sentence for each of these findings in a complete plan:
//  * a class with members in fewer groups than there are folds: some fold tests none;
//  * samples that have no value in the column of split.kfold.group, with their
//    number: they are not kept together, or, of sites, in one group;
//  * images of one channel whose voxels differ in size, where an arm's recipe does not
//    resample: equal shapes then show different parts of a head.
std::vector<std::string> WarningsOfSamples(const v1::Plan& plan);

}  // namespace gyrus
