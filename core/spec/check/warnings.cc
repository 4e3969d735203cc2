#include "core/spec/check/warnings.h"

#include "absl/strings/str_cat.h"
#include "core/recipe/recipe.h"
#include "core/spec/arm.h"
#include "core/spec/defaults/defaults.h"

namespace gyrus {

std::vector<std::string> Warnings(const v1::ExperimentSpec& spec) {
  v1::ExperimentSpec filled = spec;
  FillDefaults(filled);
  std::vector<std::string> warnings;
  for (const v1::Arm& arm : filled.arms()) {
    const v1::ArmPlan resolved = ResolveArm(filled, arm);
    for (const std::string& warning : RecipeWarnings(resolved.recipe(), resolved.channels())) {
      warnings.push_back(absl::StrCat("arm ", arm.name(), ": ", warning));
    }
  }
  return warnings;
}

}  // namespace gyrus
