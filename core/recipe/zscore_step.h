// The step "zscore": it scales voxels to mean 0 and standard deviation 1.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& ZScoreStep();

}  // namespace gyrus
