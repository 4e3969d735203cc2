#include "core/volume/resample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/volume/testing/volume_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

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

// The ramp is a function of the position in space, so that the affine is tested too.
// Smoothing does not change a ramp where its kernel lies inside the volume.
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
  const Volume checkerboard = Filled({40, 40, 40}, Spaced(1, 1, 1), [](int i, int j, int k) {
    return (i + j + k) % 2 == 0 ? 1.0f : -1.0f;
  });
  const Volume coarse = Resample(checkerboard, {3, 3, 3});
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

TEST(ResampleMaskTest, IsZeroAndOneAtTheBorderOfAHalf) {
  const Volume mask = Filled({1, 1, 8}, Spaced(1, 1, 1),
                             [](int, int, int k) { return k >= 3 && k < 6 ? 1.0f : 0.0f; });
  const Volume finer = ResampleMask(mask, {1, 1, 0.5});
  EXPECT_THAT(finer.voxels, testing::ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0));
  EXPECT_EQ(finer.affine, Resample(mask, {1, 1, 0.5}).affine);
  // Between a voxel of the brain and one beside it lies exactly one half, which is brain.
  EXPECT_THAT(ResampleMask(mask, {1, 1, 2}).voxels, testing::ElementsAre(0, 1, 1, 0));
}

// A mask keeps its volume, and no halo is added to it.
TEST(ResampleMaskTest, TheVolumeStays) {
  constexpr double kMm = 0.859375;
  const Volume ball = Filled({44, 45, 46}, Spaced(kMm, kMm, kMm), [](int i, int j, int k) {
    const double x = i - 21.3, y = j - 22.1, z = k - 22.6;
    return x * x + y * y + z * z < 18 * 18 ? 1.0f : 0.0f;
  });
  const auto voxels_of = [](const Volume& mask, float value) {
    return static_cast<double>(std::count(mask.voxels.begin(), mask.voxels.end(), value));
  };
  const double ball_mm3 = voxels_of(ball, 1) * kMm * kMm * kMm;
  for (const double mm : {0.7, 2.0, 3.0}) {
    const Volume resampled = ResampleMask(ball, {mm, mm, mm});
    EXPECT_NEAR(voxels_of(resampled, 1) * mm * mm * mm / ball_mm3, 1, 0.03) << mm;
    EXPECT_EQ(voxels_of(resampled, 1) + voxels_of(resampled, 0), resampled.size());
  }
}

}  // namespace
}  // namespace gyrus
