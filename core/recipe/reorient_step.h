// The step "reorient": it turns the voxel axes to Right, Anterior, Superior.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& ReorientStep();

}  // namespace gyrus
