#include "core/recipe/reorient_step.h"

#include "absl/strings/str_cat.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

constexpr char kOnlyOrientation[] = "RAS";

class Reorienting final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kReorient; }
  uint32_t version() const override { return 1; }

  void FillDefaults(v1::Step& step) const override {
    if (step.reorient().to().empty()) step.mutable_reorient()->set_to(kOnlyOrientation);
  }

  void Check(const v1::Step& step, const StepsBefore& /*before*/, const std::string& path,
             Problems& problems) const override {
    if (step.reorient().to() == kOnlyOrientation) return;
    problems.Add(path, absl::StrCat(Quoted(step.reorient().to()), " is not there; there is RAS"));
  }

  // Images are read as RAS, the only orientation that there is.
  absl::Status Apply(const v1::Step& /*step*/, const Volume& /*mask*/,
                     std::vector<Channel>& /*channels*/) const override {
    return absl::OkStatus();
  }
};

}  // namespace

const RecipeStep& ReorientStep() {
  static const Reorienting step;
  return step;
}

}  // namespace gyrus
