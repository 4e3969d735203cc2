#include "dataloader/recipe/prepare.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/recipe/recipe.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

Volume Ramp(float scale) {
  Volume volume;
  volume.shape = {6, 6, 6};
  volume.affine = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
  volume.voxels.assign(216, 0);
  for (int i = 1; i < 5; ++i) {
    for (int j = 1; j < 5; ++j) {
      for (int k = 1; k < 5; ++k) volume.voxels[volume.Index(i, j, k)] = scale * (1 + i + j * k);
    }
  }
  return volume;
}

v1::Recipe WithRatio() {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_reorient()->set_to("RAS");
  v1::CropOrPad& crop = *recipe.add_steps()->mutable_crop_or_pad();
  for (int i = 0; i < 3; ++i) crop.add_size(8);
  crop.set_around(v1::CROP_CENTRE_GRID);
  v1::Ratio& ratio = *recipe.add_steps()->mutable_ratio();
  ratio.add_of("T1w");
  ratio.add_of("T2w");
  ratio.set_name("RI");
  ratio.set_guard(0.1);
  ratio.add_clip_percentiles(0);
  ratio.add_clip_percentiles(100);
  return recipe;
}

TEST(PrepareTest, RunsStepsInOrderOnEveryChannel) {
  const auto prepared = Prepare(WithRatio(), {{{"T1w", Ramp(3)}, {"T2w", Ramp(2)}}});
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_THAT(prepared->channels, ElementsAre("T1w", "T2w", "RI"));
  for (const Volume& volume : prepared->volumes) {
    EXPECT_THAT(volume.shape, ElementsAre(8, 8, 8));
  }
  const Volume& ratio = prepared->volumes[2];
  EXPECT_FLOAT_EQ(ratio.voxels[ratio.Index(3, 3, 3)], 1.5f);
  EXPECT_EQ(ratio.voxels[0], 0);
}

TEST(PrepareTest, LabelsKeepTheirValues) {
  v1::Recipe recipe;
  v1::Resample& resample = *recipe.add_steps()->mutable_resample();
  for (int i = 0; i < 3; ++i) resample.add_spacing_mm(0.7);
  v1::CropOrPad& crop = *recipe.add_steps()->mutable_crop_or_pad();
  for (int i = 0; i < 3; ++i) crop.add_size(8);
  crop.set_around(v1::CROP_CENTRE_BRAIN);
  recipe.add_steps()->mutable_zscore()->set_inside(v1::INSIDE_BRAIN);
  Volume labels = Ramp(0);
  labels.voxels[labels.Index(2, 2, 2)] = 41;
  labels.voxels[labels.Index(0, 0, 0)] = 2;  // Outside of the brain.
  const auto alone = Prepare(recipe, {{{"T1w", Ramp(3)}}});
  recipe.add_labels("seg");
  const auto prepared = Prepare(recipe, {{{"T1w", Ramp(3)}, {"seg", labels}}});
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  ASSERT_THAT(prepared->channels, ElementsAre("T1w", "seg"));
  for (const float value : prepared->volumes[1].voxels) {
    EXPECT_TRUE(value == 0 || value == 41 || value == 2) << value;
  }
  EXPECT_GT(std::count(prepared->volumes[1].voxels.begin(), prepared->volumes[1].voxels.end(), 41),
            0);
  // The image is what it is without labels beside it.
  EXPECT_EQ(prepared->volumes[0].voxels, alone->volumes[0].voxels);
}

v1::Recipe ResampledAndScaled(double mm) {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_reorient()->set_to("RAS");
  v1::Resample& resample = *recipe.add_steps()->mutable_resample();
  for (int i = 0; i < 3; ++i) resample.add_spacing_mm(mm);
  recipe.add_steps()->mutable_zscore()->set_inside(v1::INSIDE_BRAIN);
  return recipe;
}

// Mean and SD (ddof 0) of the voxels inside of the mask.
std::pair<double, double> MomentsInside(const Volume& volume, const Volume& mask) {
  double n = 0, sum = 0, squares = 0;
  for (size_t i = 0; i < volume.size(); ++i) {
    if (mask.voxels[i] != 1) continue;
    n += 1;
    sum += volume.voxels[i];
    squares += double{volume.voxels[i]} * volume.voxels[i];
  }
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n))};
}

// A ball of radius 10 mm with a ramp of intensities, in a grid whose other voxels are
// `around`.
Volume Ball(float around) {
  Volume volume = {{30, 31, 32}, {{{0.8, 0, 0, 0}, {0, 0.8, 0, 0}, {0, 0, 0.8, 0}}}, {}};
  volume.voxels.assign(volume.shape[0] * volume.shape[1] * volume.shape[2], around);
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 31; ++j) {
      for (int k = 0; k < 32; ++k) {
        const double x = i - 14.5, y = j - 15.0, z = k - 15.5;
        if (x * x + y * y + z * z > 12.5 * 12.5) continue;
        volume.voxels[volume.Index(i, j, k)] = static_cast<float>(200 + 10 * i + 3 * (j * k % 5));
      }
    }
  }
  return volume;
}

// Smoothing spreads a halo around a brain, and scaled int16 shifts the background; the
// brain is the same all the same.
TEST(PrepareTest, TheBrainStaysTheBrainHoweverItIsResampledAndStored) {
  const double ball_mm3 = 4.0 / 3 * 3.14159265 * 1000;
  for (const float around : {0.0f, 0.005f, -1024.0f}) {
    for (const double mm : {0.8, 2.0, 3.0}) {
      const auto prepared = Prepare(ResampledAndScaled(mm), {{{"T1w", Ball(around)}}});
      ASSERT_TRUE(prepared.ok()) << prepared.status();
      const Volume& mask = prepared->mask;
      const Volume& volume = prepared->volumes[0];
      ASSERT_EQ(mask.shape, volume.shape);
      const double voxels = std::count(mask.voxels.begin(), mask.voxels.end(), 1.0f);
      EXPECT_NEAR(voxels * mm * mm * mm / ball_mm3, 1, 0.06) << around << " " << mm;
      const auto [mean, sd] = MomentsInside(volume, mask);
      EXPECT_NEAR(mean, 0, 1e-6) << around << " " << mm;
      EXPECT_NEAR(sd, 1, 1e-5) << around << " " << mm;
      for (size_t i = 0; i < volume.size(); ++i) {
        ASSERT_TRUE(mask.voxels[i] == 1 || volume.voxels[i] == 0);
      }
    }
  }
}

TEST(PrepareTest, AMaskFromAFileTakesThePlaceOfTheBackground) {
  Volume head = Ball(0);
  // A head that fills its grid, with noise.
  for (size_t i = 0; i < head.size(); ++i) head.voxels[i] += static_cast<float>(5 + i % 7);
  Volume mask = Ball(0);
  const auto found = Prepare(ResampledAndScaled(2), {{{"T1w", head}}});
  const auto given = Prepare(ResampledAndScaled(2), {{{"T1w", head}}, mask});
  ASSERT_TRUE(found.ok() && given.ok()) << given.status();
  EXPECT_THAT(given->channels, ElementsAre("T1w"));
  EXPECT_EQ(given->volumes.size(), 1);
  const auto inside = [](const Volume& of) {
    return std::count(of.voxels.begin(), of.voxels.end(), 1.0f);
  };
  EXPECT_EQ(inside(found->mask), found->mask.size());
  EXPECT_EQ(given->mask.voxels, Prepare(ResampledAndScaled(2), {{{"T1w", Ball(0)}}})->mask.voxels);
  const auto [mean, sd] = MomentsInside(given->volumes[0], given->mask);
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_NEAR(sd, 1, 1e-5);
  std::fill(mask.voxels.begin(), mask.voxels.end(), 0.1f);
  EXPECT_THAT(
      std::string(Prepare(ResampledAndScaled(2), {{{"T1w", head}}, mask}).status().message()),
      testing::HasSubstr("the brain mask is empty"));
}

TEST(PrepareTest, LabelsThatAreNearlyWholeAreTakenAsWholeAndOthersRefused) {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_reorient()->set_to("RAS");
  recipe.add_labels("seg");
  Volume labels = Ramp(0);
  labels.voxels[labels.Index(2, 2, 2)] = 2.9999847f;
  const auto prepared = Prepare(recipe, {{{"T1w", Ramp(3)}, {"seg", labels}}});
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_EQ(prepared->volumes[1].voxels[labels.Index(2, 2, 2)], 3);
  labels.voxels[labels.Index(2, 2, 2)] = 2.5f;
  EXPECT_THAT(
      std::string(Prepare(recipe, {{{"T1w", Ramp(3)}, {"seg", labels}}}).status().message()),
      testing::HasSubstr("labels seg: not an image of labels: voxel (2, 2, 2) is 2.5"));
}

TEST(PrepareTest, ErrorsNameStepAndChannel) {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_zscore()->set_inside(v1::INSIDE_BRAIN);
  Volume empty = Ramp(0);
  const auto status = Prepare(recipe, {{{"T1w", empty}}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("zscore of T1w"));
  EXPECT_FALSE(Prepare(WithRatio(), {{{"T1w", Ramp(1)}}}).ok());
}

TEST(VolumeIdTest, ChangesWithRecipeAndInputs) {
  const v1::Recipe recipe = WithRatio();
  const std::string id = VolumeId(recipe, {{{"T1w", "d1"}, {"T2w", "d2"}}});
  EXPECT_EQ(id.size(), 32);
  EXPECT_EQ(VolumeId(recipe, {{{"T2w", "d2"}, {"T1w", "d1"}}}), id);
  EXPECT_NE(VolumeId(recipe, {{{"T1w", "d2"}, {"T2w", "d1"}}}), id);
  EXPECT_NE(VolumeId(recipe, {{{"T1w", "d1"}}}), id);
  v1::Recipe other = recipe;
  other.mutable_steps(2)->mutable_ratio()->set_guard(0.2);
  EXPECT_NE(VolumeId(other, {{{"T1w", "d1"}, {"T2w", "d2"}}}), id);
}

TEST(VolumeIdTest, ChangesWithTheMask) {
  const v1::Recipe recipe = WithRatio();
  const ImageDigests without = {{{"T1w", "d1"}}};
  const ImageDigests with = {{{"T1w", "d1"}}, "m1"}, other = {{{"T1w", "d1"}}, "m2"};
  EXPECT_NE(VolumeId(recipe, with), VolumeId(recipe, without));
  EXPECT_NE(VolumeId(recipe, with), VolumeId(recipe, other));
  EXPECT_NE(VolumeId(recipe, with), VolumeId(recipe, {{{"", "m1"}, {"T1w", "d1"}}}));
}

TEST(VolumeIdTest, ChangesWithTheVersionOfItsOwnStepsAlone) {
  const ImageDigests images = {{{"T1w", "d1"}, {"T2w", "d2"}}};
  const v1::Recipe with = WithRatio();
  v1::Recipe without = with;
  without.mutable_steps()->RemoveLast();
  // A change of the ratio's code.
  std::vector<uint32_t> versions = StepVersions(with);
  EXPECT_EQ(VolumeId(with, versions, images), VolumeId(with, images));
  ++versions.back();
  EXPECT_NE(VolumeId(with, versions, images), VolumeId(with, images));
  versions.pop_back();
  EXPECT_EQ(VolumeId(without, versions, images), VolumeId(without, images));
}

}  // namespace
}  // namespace gyrus
