// Warns where what counts as brain is hardly a brain, as the data loader found it.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// One sentence for each of these, of each cohort and channel of a plan, with the number
// of samples and the first of them:
//  * most voxels are not background, so that the images are not skull-stripped, or there
//    is no background at all; not asked where the cohort has masks;
//  * a mask from a file that holds most voxels;
//  * a background that is not zero, which may be meant;
//  * a recipe that cuts a part of the brain away.
std::vector<std::string> BrainWarnings(const v1::Plan& plan);

}  // namespace gyrus
