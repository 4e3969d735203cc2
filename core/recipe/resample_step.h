// The step "resample": it changes the spacing of the voxels.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& ResampleStep();

}  // namespace gyrus
