#include "core/recipe/crop_or_pad_step.h"

#include "absl/strings/str_cat.h"
#include "core/volume/crop.h"

namespace gyrus {
namespace {

// Far beyond any brain's volume, and small enough to multiply.
constexpr uint32_t kMaxVoxelsAlongAxis = 4096;

Shape3 SizeOf(const v1::Step& step) {
  const v1::CropOrPad& crop = step.crop_or_pad();
  return {crop.size(0), crop.size(1), crop.size(2)};
}

std::array<double, 3> CentreOf(const v1::Step& step, const Volume& mask) {
  return step.crop_or_pad().around() == v1::CROP_CENTRE_BRAIN ? BrainCentre(mask)
                                                              : GridCentre(mask.shape);
}

class CroppingOrPadding final : public RecipeStep {
 public:
  v1::Step::StepCase kind() const override { return v1::Step::kCropOrPad; }
  uint32_t version() const override { return 2; }

  void FillDefaults(v1::Step& step) const override {
    v1::CropOrPad& crop = *step.mutable_crop_or_pad();
    if (crop.around() == v1::CROP_CENTRE_UNSPECIFIED) crop.set_around(v1::CROP_CENTRE_GRID);
  }

  void Check(const v1::Step& step, const StepsBefore& /*before*/, const std::string& path,
             Problems& problems) const override {
    const v1::CropOrPad& crop = step.crop_or_pad();
    if (crop.size_size() != 3) {
      problems.Add(path, absl::StrCat("needs three numbers of voxels, for x, y and z; has ",
                                      crop.size_size()));
    }
    for (const uint32_t size : crop.size()) {
      if (size < 1 || size > kMaxVoxelsAlongAxis) {
        problems.Add(path, absl::StrCat("size must be from 1 to ", kMaxVoxelsAlongAxis,
                                        " voxels, is ", size));
      }
    }
  }

  Grid GridAfter(const v1::Step& step, const Grid& grid) const override {
    return {SizeOf(step), grid.spacing_mm};
  }

  Volume MaskAfter(const v1::Step& step, Volume mask) const override {
    return CropOrPad(mask, SizeOf(step), CentreOf(step, mask));
  }

  absl::Status Apply(const v1::Step& step, const Volume& mask,
                     std::vector<Channel>& channels) const override {
    const std::array<double, 3> centre = CentreOf(step, mask);
    const Shape3 size = SizeOf(step);
    for (Channel& channel : channels) {
      channel.volume = CropOrPad(channel.volume, size, centre, channel.background.value_or(0));
    }
    return absl::OkStatus();
  }
};

}  // namespace

const RecipeStep& CropOrPadStep() {
  static const CroppingOrPadding step;
  return step;
}

}  // namespace gyrus
