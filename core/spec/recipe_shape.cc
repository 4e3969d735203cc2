#include "core/spec/recipe_shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/volume/preprocess.h"

namespace gyrus {
namespace {

constexpr int64_t kMaxVoxels = int64_t{1} << 31;

absl::Status CheckShape(const Shape3& shape) {
  int64_t voxels = 1;
  for (const int64_t n : shape) {
    if (n < 1 || n > kMaxVoxels / voxels) {
      return absl::InvalidArgumentError(absl::StrCat(
          absl::StrJoin(shape, "x"), " voxels: each axis needs one or more, all at most 2^31"));
    }
    voxels *= n;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<uint32_t>> OutputShape(const v1::Recipe& recipe,
                                                  const std::vector<std::string>& channels,
                                                  const Shape3& shape,
                                                  const std::array<double, 3>& spacing_mm) {
  if (!std::all_of(spacing_mm.begin(), spacing_mm.end(), [](double mm) { return mm > 0; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("a spacing that is not positive: ", absl::StrJoin(spacing_mm, " x "), " mm"));
  }
  GYRUS_RETURN_IF_ERROR(CheckShape(shape));
  Shape3 now = shape;
  std::array<double, 3> now_mm = spacing_mm;
  for (int i = 0; i < recipe.steps_size(); ++i) {
    const v1::Step& step = recipe.steps(i);
    if (step.has_resample()) {
      std::array<double, 3> to_mm;
      std::copy_n(step.resample().spacing_mm().begin(), 3, to_mm.begin());
      now = ResampledShape(now, now_mm, to_mm);
      now_mm = to_mm;
    } else if (step.has_crop_or_pad()) {
      std::copy_n(step.crop_or_pad().size().begin(), 3, now.begin());
    }
    GYRUS_RETURN_IF_ERROR(Annotate(CheckShape(now), absl::StrCat("recipe.", i)));
  }
  std::vector<uint32_t> output = {static_cast<uint32_t>(channels.size())};
  output.insert(output.end(), now.begin(), now.end());
  return output;
}

}  // namespace gyrus
