#include "core/recipe/steps.h"

#include <vector>

#include "core/recipe/crop_or_pad_step.h"
#include "core/recipe/ratio_step.h"
#include "core/recipe/reorient_step.h"
#include "core/recipe/resample_step.h"
#include "core/recipe/zscore_step.h"

namespace gyrus {

absl::Span<const RecipeStep* const> AllSteps() {
  static const auto* const steps = new std::vector<const RecipeStep*>{
      &ReorientStep(), &ResampleStep(), &CropOrPadStep(), &RatioStep(), &ZScoreStep(),
  };
  return *steps;
}

const RecipeStep* FindStep(const v1::Step& step) {
  for (const RecipeStep* const known : AllSteps()) {
    if (known->kind() == step.step_case()) return known;
  }
  return nullptr;
}

std::string NameOf(const RecipeStep& step) {
  // The cases of a oneof are the numbers of its fields.
  return v1::Step::descriptor()->FindFieldByNumber(step.kind())->name();
}

}  // namespace gyrus
