// The step "ratio": it adds a channel, the quotient of two others.
#pragma once

#include "core/recipe/recipe_step.h"

namespace gyrus {

const RecipeStep& RatioStep();

}  // namespace gyrus
