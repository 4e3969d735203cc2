#include "core/recipe/zscore_step.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/volume/intensity.h"

namespace gyrus {
namespace {

class ZScoring final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kZscore; }
  uint32_t version() const override { return 2; }

  void FillDefaults(v1::Step& step) const override {
    v1::ZScore& zscore = *step.mutable_zscore();
    if (zscore.inside() == v1::INSIDE_UNSPECIFIED) zscore.set_inside(v1::INSIDE_BRAIN);
  }

  bool MayMakeNegative() const override { return true; }

  absl::Status Apply(const v1::Step& step, const Volume& mask,
                     std::vector<Channel>& channels) const override {
    const v1::Inside inside = step.zscore().inside();
    for (Channel& channel : channels) {
      if (channel.holds_labels) continue;
      const absl::StatusOr<Scaling> scaling = ZScore(channel.volume, inside, mask);
      if (!scaling.ok()) {
        return Annotate(scaling.status(), absl::StrCat("zscore of ", channel.name));
      }
      if (inside == v1::INSIDE_BRAIN) {
        channel.background = 0;
      } else if (channel.background.has_value()) {
        channel.background = scaling->Apply(*channel.background);
      }
    }
    return absl::OkStatus();
  }
};

}  // namespace

const RecipeStep& ZScoreStep() {
  static const ZScoring step;
  return step;
}

}  // namespace gyrus
