#include "core/volume/intensity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/volume/testing/volume_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// Mean and SD (ddof 0) of the voxels that `counts` accepts.
template <typename Counts>
std::pair<double, double> Moments(const Volume& volume, Counts counts) {
  double n = 0, sum = 0, squares = 0;
  for (const float v : volume.voxels) {
    if (!counts(v)) continue;
    n += 1;
    sum += v;
    squares += double{v} * v;
  }
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n))};
}

Volume Everywhere(const Volume& volume) {
  return Filled(volume.shape, volume.affine, [](auto...) { return 1.0f; });
}

absl::StatusOr<Volume> RatioEverywhere(const Volume& a, const Volume& b, const v1::Ratio& spec) {
  return Ratio(a, b, Everywhere(a), spec);
}

TEST(ZScoreTest, MeanIsZeroAndSdIsOne) {
  Volume volume = Random({13, 14, 15}, 3);
  for (float& v : volume.voxels) v = v * 1000 - 300;
  const auto scaling = ZScore(volume, v1::INSIDE_VOLUME, {});
  ASSERT_TRUE(scaling.ok()) << scaling.status();
  EXPECT_NEAR(scaling->Apply(static_cast<float>(scaling->mean)), 0, 1e-6);
  const auto [mean, sd] = Moments(volume, [](float) { return true; });
  EXPECT_NEAR(mean, 0, 1e-7);
  EXPECT_NEAR(sd, 1, 1e-6);
}

// Golden: numpy's mean and std of 3 1 4 1 5 9 2 6.
TEST(ZScoreTest, InsideTheBrainTheMaskCountsAndTheRestBecomesZero) {
  // Zeros and the halo of an interpolation lie outside; 0.3 times the mask is no brain.
  Volume volume = RowOf({0, 3, 1, 4, 0.01f, 1, 5, 9, 2, 6, 0, 1e-20f, -7});
  const Volume mask = RowOf({0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0.3f});
  ASSERT_TRUE(ZScore(volume, v1::INSIDE_BRAIN, mask).ok());
  const auto z = [](double v) { return static_cast<float>((v - 3.875) / 2.5708704); };
  EXPECT_THAT(volume.voxels,
              testing::Pointwise(testing::FloatNear(1e-6f), {0.f, z(3), z(1), z(4), 0.f, z(1), z(5),
                                                             z(9), z(2), z(6), 0.f, 0.f, 0.f}));
}

TEST(ZScoreTest, AZeroInsideTheBrainCounts) {
  Volume volume = RowOf({0, 4, 4, 0});
  ASSERT_TRUE(ZScore(volume, v1::INSIDE_BRAIN, RowOf({1, 1, 0, 0})).ok());
  EXPECT_THAT(volume.voxels, testing::ElementsAre(-1, 1, 0, 0));
}

TEST(ZScoreTest, NothingToScaleIsAnError) {
  const auto message = [](std::vector<float> values, v1::Inside inside, std::vector<float> mask) {
    Volume volume = RowOf(values);
    return std::string(ZScore(volume, inside, RowOf(mask)).status().message());
  };
  EXPECT_THAT(message({1, 2, 3}, v1::INSIDE_BRAIN, {0, 0, 0}),
              HasSubstr("the brain mask is empty"));
  EXPECT_THAT(message({0, 0.1f, 0.1f}, v1::INSIDE_BRAIN, {0, 1, 1}),
              HasSubstr("every voxel of the brain is 0.1"));
  EXPECT_THAT(message({7, 7}, v1::INSIDE_VOLUME, {}), HasSubstr("every voxel is 7"));
  EXPECT_EQ(message({0, 0.1f, 0.1f}, v1::INSIDE_VOLUME, {}), "");
}

TEST(RatioTest, OutsideOfTheBrainIsZeroAndDoesNotCount) {
  v1::Ratio spec;
  spec.set_calibrate(v1::RATIO_CALIBRATION_MEDIAN);
  spec.set_guard(0.5);
  // Outside, b would move the guard to 4 and the quotient 50 the median.
  const auto ratio =
      Ratio(RowOf({2, 4, 6, 400, 9}), RowOf({2, 2, 2, 8, 8}), RowOf({1, 1, 1, 0, 0}), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::ElementsAre(0.5, 1, 1.5, 0, 0));
}

TEST(RatioTest, IsTheQuotientWhereBothArePositive) {
  const auto ratio = RatioEverywhere(RowOf({6, 0, 5, -1, 2, 1}), RowOf({3, 2, 0, 4, -2, 4}), {});
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::ElementsAre(2, 0, 0, 0, 0, 0.25));
}

TEST(RatioTest, TheGuardLeavesOutSmallDenominators) {
  v1::Ratio spec;
  spec.set_guard(0.5);
  // The median of b where both are positive is 4; below 2 is left out.
  const auto ratio =
      RatioEverywhere(RowOf({8, 8, 8, 8, 8, 0}), RowOf({1.9f, 2, 4, 8, 16, 100}), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::ElementsAre(0, 4, 2, 1, 0.5, 0));
}

// Golden: numpy.percentile of 3 1 4 1 5 9 2 6 at 37 and 90 is 2.59 and 6.9.
TEST(RatioTest, QuotientsAreClippedToPercentiles) {
  v1::Ratio spec;
  spec.add_clip_percentiles(37);
  spec.add_clip_percentiles(90);
  const std::vector<float> values = {3, 1, 4, 1, 5, 9, 2, 6, 0};
  const auto ratio = RatioEverywhere(RowOf(values), RowOf(std::vector<float>(9, 1.0f)), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels,
              testing::Pointwise(testing::FloatNear(1e-6f),
                                 {3.f, 2.59f, 4.f, 2.59f, 5.f, 6.9f, 2.59f, 6.f, 0.f}));
}

TEST(RatioTest, CalibrationMakesTheMedianOne) {
  v1::Ratio spec;
  spec.set_calibrate(v1::RATIO_CALIBRATION_MEDIAN);
  const auto ratio = RatioEverywhere(RowOf({3, 1, 4, 0, 10}), RowOf({1, 1, 1, 1, 1}), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::Pointwise(testing::FloatNear(1e-6f),
                                                {3 / 3.5f, 1 / 3.5f, 4 / 3.5f, 0.f, 10 / 3.5f}));
}

TEST(RatioTest, CalibrationTakesAwayTheScale) {
  v1::Ratio spec;
  spec.set_calibrate(v1::RATIO_CALIBRATION_MEDIAN);
  spec.set_guard(0.2);
  spec.add_clip_percentiles(1);
  spec.add_clip_percentiles(99);
  const Volume a = Random({9, 9, 9}, 11), b = Random({9, 9, 9}, 12);
  Volume louder = a;
  for (float& v : louder.voxels) v *= 8;
  EXPECT_EQ(RatioEverywhere(a, b, spec)->voxels, RatioEverywhere(louder, b, spec)->voxels);
}

TEST(RatioTest, BadInputIsNamed) {
  const Volume one = RowOf({1, 2, 3});
  Volume moved = one;
  moved.affine[1][3] += 0.1;
  EXPECT_THAT(RatioEverywhere(one, moved, {}).status().message(), HasSubstr("not on one grid"));
  EXPECT_THAT(RatioEverywhere(one, RowOf({1, 2}), {}).status().message(),
              HasSubstr("1 x 1 x 3 and 1 x 1 x 2"));
  EXPECT_THAT(RatioEverywhere(one, RowOf({0, 0, 0}), {}).status().message(),
              HasSubstr("no voxel of the brain is positive"));
  EXPECT_THAT(RatioEverywhere(one, RowOf({1e-40f, 1, 1}), {}).status().message(),
              HasSubstr("set a guard"));
  v1::Ratio spec;
  spec.add_clip_percentiles(99);
  spec.add_clip_percentiles(1);
  EXPECT_THAT(RatioEverywhere(one, one, spec).status().message(), HasSubstr("clip_percentiles"));
}

}  // namespace
}  // namespace gyrus
