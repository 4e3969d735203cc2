// The list of all kinds of recipe steps.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "core/recipe/recipe_step.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

absl::Span<const RecipeStep* const> AllSteps();

// The kind that `step` is of. Null: the step is none, or it was written by a
// newer program.
const RecipeStep* FindStep(const v1::Step& step);

// As the experiment file writes it: "crop_or_pad".
std::string NameOf(const RecipeStep& step);

}  // namespace gyrus
