// The step "crop_or_pad": it gives volumes a fixed number of voxels.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& CropOrPadStep();

}  // namespace gyrus
