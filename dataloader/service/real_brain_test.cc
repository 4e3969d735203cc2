// A real brain through the whole preparation. It lies in ../shared/data beside the
// checkout, or in GYRUS_SHARED_DATA; without it the tests are skipped.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "core/volume/brain_mask.h"
#include "core/volume/image.h"
#include "dataloader/recipe/prepare.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// The T1w of neonate sub-03: 711,070 voxels that are not zero, of 0.859375 mm.
constexpr double kBrainMl = 451.1;

class RealBrainTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* const variable = std::getenv("GYRUS_SHARED_DATA");
    const std::string data = variable != nullptr ? variable : SourceDir() + "/../shared/data";
    path_ = data + "/neonates/sub-03/T1w_brain.nii.gz";
    if (!std::filesystem::exists(path_)) GTEST_SKIP() << "there is no " << path_;
  }

  Volume Read() const {
    const auto bytes = ReadFile(path_);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    auto image = ReadCanonicalNifti(*bytes);
    EXPECT_TRUE(image.ok()) << image.status();
    return std::move(image->volume);
  }

  std::string path_;
};

v1::Recipe ResampledAndScaled(double mm) {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_reorient()->set_to("RAS");
  v1::Resample& resample = *recipe.add_steps()->mutable_resample();
  for (int axis = 0; axis < 3; ++axis) resample.add_spacing_mm(mm);
  recipe.add_steps()->mutable_zscore()->set_inside(v1::INSIDE_BRAIN);
  return recipe;
}

// A voxel that is not zero is no brain: smoothing makes 706 ml of the 451 ml at 2 mm and
// 805 ml at 3 mm, and a background of 0.005 makes a brain of the whole grid.
TEST_F(RealBrainTest, StaysAsLargeAsItIsAndHasMeanZeroAndSdOne) {
  for (const float shift : {0.0f, 0.005f}) {
    Volume stored = Read();
    // What is stored as scaled int16 has a background that is nearly zero.
    for (float& voxel : stored.voxels) voxel += shift;
    for (const double mm : {2.0, 3.0}) {
      SCOPED_TRACE(absl::StrCat(mm, " mm, background ", shift));
      const auto prepared = Prepare(ResampledAndScaled(mm), {{{"T1w", stored}}});
      ASSERT_TRUE(prepared.ok()) << prepared.status();
      const Volume& mask = prepared->mask;
      const double n = static_cast<double>(VoxelsInside(mask));
      EXPECT_NEAR(n * mm * mm * mm / 1000, kBrainMl, 0.02 * kBrainMl);
      double sum = 0, squares = 0;
      for (size_t i = 0; i < mask.size(); ++i) {
        const double voxel = prepared->volumes[0].voxels[i];
        if (!IsInside(mask.voxels[i])) {
          ASSERT_EQ(voxel, 0);
          continue;
        }
        sum += voxel;
        squares += voxel * voxel;
      }
      EXPECT_NEAR(sum / n, 0, 1e-5);
      EXPECT_NEAR(std::sqrt(squares / n), 1, 1e-5);
    }
  }
}

}  // namespace
}  // namespace gyrus
