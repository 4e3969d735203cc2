#include "core/recipe/zscore_step.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/volume/intensity.h"

namespace gyrus {
namespace {

class ZScoring final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kZscore; }
  uint32_t version() const override { return 1; }

  void FillDefaults(v1::Step& step) const override {
    v1::ZScore& zscore = *step.mutable_zscore();
    if (zscore.inside() == v1::INSIDE_UNSPECIFIED) zscore.set_inside(v1::INSIDE_BRAIN);
  }

  bool MayMakeNegative() const override { return true; }

  absl::Status Apply(const v1::Step& step, std::vector<Channel>& channels) const override {
    for (Channel& channel : channels) {
      if (channel.holds_labels) continue;
      GYRUS_RETURN_IF_ERROR(Annotate(ZScore(channel.volume, step.zscore().inside()),
                                     absl::StrCat("zscore of ", channel.name)));
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
