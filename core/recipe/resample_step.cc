#include "core/recipe/resample_step.h"

#include "absl/strings/str_cat.h"
#include "core/volume/resample.h"

namespace gyrus {
namespace {

constexpr double kFinestMm = 0.05;
constexpr double kCoarsestMm = 100;

std::array<double, 3> SpacingOf(const v1::Step& step) {
  const v1::Resample& resample = step.resample();
  return {resample.spacing_mm(0), resample.spacing_mm(1), resample.spacing_mm(2)};
}

class Resampling final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kResample; }
  uint32_t version() const override { return 1; }

  void Check(const v1::Step& step, const StepsBefore& /*before*/, const std::string& path,
             Problems& problems) const override {
    const v1::Resample& resample = step.resample();
    if (resample.spacing_mm_size() != 3) {
      problems.Add(path, absl::StrCat("needs three numbers of mm, for x, y and z; has ",
                                      resample.spacing_mm_size()));
    }
    for (const double mm : resample.spacing_mm()) {
      if (!(mm >= kFinestMm && mm <= kCoarsestMm)) {
        problems.Add(path, absl::StrCat("spacing must be from ", kFinestMm, " to ", kCoarsestMm,
                                        " mm, is ", mm));
      }
    }
  }

  Grid GridAfter(const v1::Step& step, const Grid& grid) const override {
    const std::array<double, 3> to_mm = SpacingOf(step);
    return {ResampledShape(grid.shape, grid.spacing_mm, to_mm), to_mm};
  }

  Volume MaskAfter(const v1::Step& step, Volume mask) const override {
    return ResampleMask(mask, SpacingOf(step));
  }

  absl::Status Apply(const v1::Step& step, const Volume& /*mask*/,
                     std::vector<Channel>& channels) const override {
    const std::array<double, 3> to_mm = SpacingOf(step);
    for (Channel& channel : channels) {
      channel.volume = channel.holds_labels ? ResampleNearest(channel.volume, to_mm)
                                            : Resample(channel.volume, to_mm);
    }
    return absl::OkStatus();
  }
};

}  // namespace

const RecipeStep& ResampleStep() {
  static const Resampling step;
  return step;
}

}  // namespace gyrus
