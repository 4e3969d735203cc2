// What a plan's samples are allowed to be but should hardly be: said in the plan,
// before anything is trained.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// A sentence for each of these, of a complete plan:
//  * a class with members in fewer groups than there are folds: some fold tests none;
//  * samples that have no value in the column of split.kfold.group, with their
//    number: they are not kept together, or, of sites, in one group;
//  * images of one channel whose voxels differ in size, where an arm's recipe does not
//    resample: equal shapes then show different parts of a head.
std::vector<std::string> WarningsOfSamples(const v1::Plan& plan);

}  // namespace gyrus
