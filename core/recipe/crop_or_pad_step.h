// The step "crop_or_pad": volumes get a given number of voxels.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& CropOrPadStep();

}  // namespace gyrus
