#include "core/volume/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "common/random.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

Affine Spaced(double x, double y, double z) {
  return {{{x, 0, 0, -30}, {0, y, 0, 5}, {0, 0, z, 11}}};
}

template <typename Value>
Volume Filled(const Shape3& shape, const Affine& affine, Value value) {
  Volume volume = {shape, affine, Voxels(shape[0] * shape[1] * shape[2])};
  for (int64_t i = 0; i < shape[0]; ++i) {
    for (int64_t j = 0; j < shape[1]; ++j) {
      for (int64_t k = 0; k < shape[2]; ++k) volume.voxels[volume.Index(i, j, k)] = value(i, j, k);
    }
  }
  return volume;
}

Volume Random(const Shape3& shape, uint64_t seed) {
  RandomStream random(seed, "test");
  return Filled(shape, Spaced(1, 1, 1),
                [&](int, int, int) { return static_cast<float>(1 + random.NextUnit()); });
}

Volume RowOf(const std::vector<float>& values) {
  Volume volume = {{1, 1, static_cast<int64_t>(values.size())}, Spaced(1, 1, 1), {}};
  volume.voxels.assign(values.begin(), values.end());
  return volume;
}

std::vector<double> Position(const Volume& volume, double i, double j, double k) {
  const auto p = PositionOf(volume.affine, {i, j, k});
  return {p[0], p[1], p[2]};
}

testing::Matcher<std::vector<double>> Near(const std::vector<double>& p) {
  return testing::Pointwise(testing::DoubleNear(1e-9), p);
}

TEST(ResampledShapeTest, CoversTheExtent) {
  EXPECT_EQ(ResampledShape({117, 159, 126}, {0.859375, 0.859375, 0.859375}, {2, 2, 2}),
            (Shape3{51, 69, 55}));
  EXPECT_EQ(ResampledShape({10, 10, 10}, {1, 2, 0.1}, {2, 1, 5}), (Shape3{5, 20, 1}));
  // Float32 headers are not exact; that adds no voxel.
  EXPECT_EQ(ResampledShape({300, 3, 3}, {0.8000001, 1, 1}, {0.8, 1, 1}), (Shape3{300, 3, 3}));
}

TEST(ResampleTest, TheSameSpacingChangesNothing) {
  const Volume volume = Random({5, 6, 7}, 1);
  const Volume same = Resample(volume, {1, 1, 1});
  EXPECT_EQ(same.voxels, volume.voxels);
  EXPECT_EQ(same.affine, volume.affine);
}

TEST(ResampleTest, TheCentreStaysWhereItIs) {
  const Volume volume = Filled({7, 8, 9}, Spaced(1, 1.5, -0.7), [](auto...) { return 1.0f; });
  const Volume resampled = Resample(volume, {2, 1, 0.9});
  EXPECT_THAT(Position(resampled, (resampled.shape[0] - 1) / 2.0, (resampled.shape[1] - 1) / 2.0,
                       (resampled.shape[2] - 1) / 2.0),
              Near(Position(volume, 3, 3.5, 4)));
  EXPECT_THAT(SpacingOf(resampled.affine), testing::ElementsAre(2, 1, 0.9));
  for (const float voxel : resampled.voxels) EXPECT_NEAR(voxel, 1, 1e-6);
}

// Of position in space, so that the affine is tested too. Smoothing keeps a
// ramp where its kernel lies inside.
TEST(ResampleTest, ALinearRampIsExactInside) {
  for (const std::array<double, 3>& to :
       {std::array<double, 3>{2, 2, 2}, {0.5, 0.8, 0.6}, {1.3, 0.5, 2.5}}) {
    Volume volume = Filled({31, 32, 33}, Spaced(1, 0.8, 1.2), [](auto...) { return 0.0f; });
    const auto ramp = [](const std::vector<double>& p) { return 3 * p[0] - 2 * p[1] + p[2] + 7; };
    volume = Filled(volume.shape, volume.affine, [&](int i, int j, int k) {
      return static_cast<float>(ramp(Position(volume, i, j, k)));
    });
    const Volume resampled = Resample(volume, to);
    int inside = 0;
    for (int64_t i = 0; i < resampled.shape[0]; ++i) {
      for (int64_t j = 0; j < resampled.shape[1]; ++j) {
        for (int64_t k = 0; k < resampled.shape[2]; ++k) {
          const auto p = Position(resampled, i, j, k);
          // Voxels of the old grid, and how many from its edge.
          const double x = p[0] + 30, y = (p[1] - 5) / 0.8, z = (p[2] - 11) / 1.2;
          const double edge = std::min({x, 30 - x, y, 31 - y, z, 32 - z});
          if (edge < 6) continue;
          ++inside;
          ASSERT_NEAR(resampled.voxels[resampled.Index(i, j, k)], ramp(p), 2e-4) << i << j << k;
        }
      }
    }
    EXPECT_GT(inside, 200);
  }
}

TEST(ResampleTest, FinerGridsInterpolateBetweenNeighbours) {
  const Volume fine = Resample(RowOf({0, 8}), {1, 1, 0.5});
  // Centres at -0.25, 0.25, 0.75, 1.25; edges are extended.
  EXPECT_THAT(fine.voxels, testing::ElementsAre(0, 2, 6, 8));
}

TEST(ResampleTest, CoarserGridsAreSmoothedFirst) {
  // A checkerboard is all aliasing: without smoothing it would stay.
  const Volume status_store = Filled({40, 40, 40}, Spaced(1, 1, 1), [](int i, int j, int k) {
    return (i + j + k) % 2 == 0 ? 1.0f : -1.0f;
  });
  const Volume coarse = Resample(status_store, {3, 3, 3});
  // Not at the edge: extended, it is no checkerboard.
  for (int64_t i = 2; i < 12; ++i) {
    for (int64_t j = 2; j < 12; ++j) {
      for (int64_t k = 2; k < 12; ++k) {
        ASSERT_LT(std::abs(coarse.voxels[coarse.Index(i, j, k)]), 1e-3);
      }
    }
  }
}

TEST(ResampleTest, TheKernelIsTheGaussianItSays) {
  // One bright voxel in the middle of 41, halved: the new grid has a voxel at
  // every second old one, 20 among them.
  std::vector<float> values(41, 0.0f);
  values[20] = 1;
  const Volume coarse = Resample(RowOf(values), {1, 1, 2});
  const double variance = 0.25 * (2 * 2 - 1);
  double sum = 0;
  for (int d = -4; d <= 4; ++d) sum += std::exp(-d * d / (2 * variance));
  ASSERT_EQ(coarse.size(), 21);
  for (int d = -1; d <= 1; ++d) {
    EXPECT_NEAR(coarse.voxels[10 + d], std::exp(-4 * d * d / (2 * variance)) / sum, 1e-6) << d;
  }
}

TEST(ResampleTest, OneVoxelThickAxesWork) {
  const Volume volume = Filled({1, 5, 1}, Spaced(4, 1, 4), [](auto...) { return 3.0f; });
  EXPECT_EQ(Resample(volume, {2, 2, 8}).shape, (Shape3{2, 3, 1}));
}

TEST(CropOrPadTest, CuttingUndoesFilling) {
  RandomStream random(7, "crop");
  for (int round = 0; round < 200; ++round) {
    Shape3 shape, larger;
    for (int axis = 0; axis < 3; ++axis) {
      shape[axis] = 1 + random.NextBelow(9);
      larger[axis] = shape[axis] + random.NextBelow(9);
    }
    const Volume volume = Random(shape, round);
    const Volume padded = CropOrPad(volume, larger, GridCentre(shape));
    const Volume again = CropOrPad(padded, shape, GridCentre(larger));
    ASSERT_EQ(again.voxels, volume.voxels) << round;
    ASSERT_EQ(again.affine, volume.affine) << round;
  }
}

TEST(CropOrPadTest, VoxelsStayWhereTheyAreAndTheRestIsZero) {
  RandomStream random(8, "crop");
  for (int round = 0; round < 100; ++round) {
    const Volume volume = Random({5, 6, 7}, round);
    Shape3 shape;
    std::array<double, 3> centre;
    for (int axis = 0; axis < 3; ++axis) {
      shape[axis] = 1 + random.NextBelow(12);
      centre[axis] = random.NextBelow(40) / 2.0 - 6;
    }
    const Volume cropped = CropOrPad(volume, shape, centre);
    for (int64_t i = 0; i < shape[0]; ++i) {
      for (int64_t j = 0; j < shape[1]; ++j) {
        for (int64_t k = 0; k < shape[2]; ++k) {
          const auto p = PositionOf(cropped.affine, {double(i), double(j), double(k)});
          const int64_t x = std::llround(p[0] + 30), y = std::llround(p[1] - 5),
                        z = std::llround(p[2] - 11);
          const bool inside = x >= 0 && x < 5 && y >= 0 && y < 6 && z >= 0 && z < 7;
          ASSERT_EQ(cropped.voxels[cropped.Index(i, j, k)],
                    inside ? volume.voxels[volume.Index(x, y, z)] : 0.0f);
        }
      }
    }
    // The new middle is as near to the centre as whole voxels allow.
    for (int axis = 0; axis < 3; ++axis) {
      const double start = cropped.affine[axis][3] - volume.affine[axis][3];
      ASSERT_LE(std::abs(start + (shape[axis] - 1) / 2.0 - centre[axis]), 0.5);
    }
  }
}

TEST(BrainCentreTest, IsTheMiddleOfTheBoxOverAllChannels) {
  const auto at = [](int x, int y, int z) {
    return Filled({9, 10, 11}, Spaced(1, 1, 1), [=](int i, int j, int k) {
      return i == x && j == y && (k == z || k == z + 2) ? -2.0f : 0.0f;
    });
  };
  const Volume a = at(1, 2, 8), b = at(4, 9, 3);
  EXPECT_EQ(BrainCentre({&a, &b}), (std::array<double, 3>{2.5, 5.5, 6.5}));
  const Volume empty = Filled({9, 10, 11}, {}, [](auto...) { return 0.0f; });
  EXPECT_EQ(BrainCentre({&empty}), (std::array<double, 3>{4, 4.5, 5}));
}

TEST(ResampleNearestTest, GivesNoValueThatIsNotThere) {
  const Volume labels = Filled({9, 10, 11}, Spaced(1, 1, 1), [](int i, int j, int k) {
    return static_cast<float>((i + 2 * j + 3 * k) % 5 * 10);
  });
  const Volume coarse = ResampleNearest(labels, {1.7, 0.6, 2});
  EXPECT_EQ(coarse.shape, Resample(labels, {1.7, 0.6, 2}).shape);
  EXPECT_EQ(coarse.affine, Resample(labels, {1.7, 0.6, 2}).affine);
  // Each voxel is that of the old grid whose centre is nearest to its own.
  const auto origin = PositionOf(labels.affine, {0, 0, 0});
  for (int64_t i = 0; i < coarse.shape[0]; ++i) {
    for (int64_t j = 0; j < coarse.shape[1]; ++j) {
      for (int64_t k = 0; k < coarse.shape[2]; ++k) {
        const auto at = PositionOf(coarse.affine, {double(i), double(j), double(k)});
        std::array<int64_t, 3> old;
        for (int axis = 0; axis < 3; ++axis) {
          old[axis] = std::clamp<int64_t>(std::floor(at[axis] - origin[axis] + 0.5), 0,
                                          labels.shape[axis] - 1);
        }
        EXPECT_EQ(coarse.voxels[coarse.Index(i, j, k)],
                  labels.voxels[labels.Index(old[0], old[1], old[2])]);
      }
    }
  }
}

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

TEST(ZScoreTest, MeanIsZeroAndSdIsOne) {
  Volume volume = Random({13, 14, 15}, 3);
  for (float& v : volume.voxels) v = v * 1000 - 300;
  ASSERT_TRUE(ZScore(volume, v1::INSIDE_VOLUME).ok());
  const auto [mean, sd] = Moments(volume, [](float) { return true; });
  EXPECT_NEAR(mean, 0, 1e-7);
  EXPECT_NEAR(sd, 1, 1e-6);
}

// Golden: numpy's mean and std of 3 1 4 1 5 9 2 6.
TEST(ZScoreTest, InsideTheBrainZerosStayZeroAndDoNotCount) {
  Volume volume = RowOf({0, 3, 1, 4, 0, 1, 5, 9, 2, 6, 0, 0, 0});
  ASSERT_TRUE(ZScore(volume, v1::INSIDE_BRAIN).ok());
  const auto z = [](double v) { return static_cast<float>((v - 3.875) / 2.5708704); };
  EXPECT_THAT(volume.voxels,
              testing::Pointwise(testing::FloatNear(1e-6f), {0.f, z(3), z(1), z(4), 0.f, z(1), z(5),
                                                             z(9), z(2), z(6), 0.f, 0.f, 0.f}));
}

TEST(ZScoreTest, NothingToScaleIsAnError) {
  Volume zeros = RowOf({0, 0, 0});
  EXPECT_THAT(ZScore(zeros, v1::INSIDE_BRAIN).message(), HasSubstr("no voxel differs from zero"));
  Volume constant = RowOf({0, 0.1f, 0.1f, 0.1f});
  EXPECT_THAT(ZScore(constant, v1::INSIDE_BRAIN).message(), HasSubstr("every voxel is 0.1"));
  EXPECT_TRUE(ZScore(constant, v1::INSIDE_VOLUME).ok());
}

TEST(RatioTest, IsTheQuotientWhereBothArePositive) {
  const auto ratio = Ratio(RowOf({6, 0, 5, -1, 2, 1}), RowOf({3, 2, 0, 4, -2, 4}), {});
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::ElementsAre(2, 0, 0, 0, 0, 0.25));
}

TEST(RatioTest, TheGuardLeavesOutSmallDenominators) {
  v1::Ratio spec;
  spec.set_guard(0.5);
  // The median of b where both are positive is 4; below 2 is left out.
  const auto ratio = Ratio(RowOf({8, 8, 8, 8, 8, 0}), RowOf({1.9f, 2, 4, 8, 16, 100}), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels, testing::ElementsAre(0, 4, 2, 1, 0.5, 0));
}

// Golden: numpy.percentile of 3 1 4 1 5 9 2 6 at 37 and 90 is 2.59 and 6.9.
TEST(RatioTest, QuotientsAreClippedToPercentiles) {
  v1::Ratio spec;
  spec.add_clip_percentiles(37);
  spec.add_clip_percentiles(90);
  const std::vector<float> values = {3, 1, 4, 1, 5, 9, 2, 6, 0};
  const auto ratio = Ratio(RowOf(values), RowOf(std::vector<float>(9, 1.0f)), spec);
  ASSERT_TRUE(ratio.ok()) << ratio.status();
  EXPECT_THAT(ratio->voxels,
              testing::Pointwise(testing::FloatNear(1e-6f),
                                 {3.f, 2.59f, 4.f, 2.59f, 5.f, 6.9f, 2.59f, 6.f, 0.f}));
}

TEST(RatioTest, CalibrationMakesTheMedianOne) {
  v1::Ratio spec;
  spec.set_calibrate(v1::RATIO_CALIBRATION_MEDIAN);
  const auto ratio = Ratio(RowOf({3, 1, 4, 0, 10}), RowOf({1, 1, 1, 1, 1}), spec);
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
  EXPECT_EQ(Ratio(a, b, spec)->voxels, Ratio(louder, b, spec)->voxels);
}

TEST(RatioTest, BadInputIsNamed) {
  const Volume one = RowOf({1, 2, 3});
  Volume moved = one;
  moved.affine[1][3] += 0.1;
  EXPECT_THAT(Ratio(one, moved, {}).status().message(), HasSubstr("not on one grid"));
  EXPECT_THAT(Ratio(one, RowOf({1, 2}), {}).status().message(),
              HasSubstr("1 x 1 x 3 and 1 x 1 x 2"));
  EXPECT_THAT(Ratio(one, RowOf({0, 0, 0}), {}).status().message(),
              HasSubstr("no voxel is positive"));
  EXPECT_THAT(Ratio(one, RowOf({1e-40f, 1, 1}), {}).status().message(), HasSubstr("set a guard"));
  v1::Ratio spec;
  spec.add_clip_percentiles(99);
  spec.add_clip_percentiles(1);
  EXPECT_THAT(Ratio(one, one, spec).status().message(), HasSubstr("clip_percentiles"));
}

}  // namespace
}  // namespace gyrus
