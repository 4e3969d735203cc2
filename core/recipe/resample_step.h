// The step "resample": voxels get other side lengths.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& ResampleStep();

}  // namespace gyrus
