#include "core/volume/canonical.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "core/volume/grid_view.h"
#include "core/volume/testing/nifti_fixture.h"

namespace gyrus {
namespace {

std::array<double, 3> Place(const Volume& volume, int64_t i, int64_t j, int64_t k) {
  return PositionOf(volume.affine,
                    {static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
}

// A number that tells where in space a voxel is, whatever its indices.
float Mark(const std::array<double, 3>& position) {
  return static_cast<float>(std::round(position[0] * 4) + 300 * std::round(position[1] * 4) +
                            90'000 * std::round(position[2] * 4));
}

Volume Marked(const Shape3& shape, const Affine& affine) {
  Volume volume = {shape, affine, Voxels(shape[0] * shape[1] * shape[2])};
  for (int64_t i = 0; i < shape[0]; ++i) {
    for (int64_t j = 0; j < shape[1]; ++j) {
      for (int64_t k = 0; k < shape[2]; ++k) {
        volume.voxels[volume.Index(i, j, k)] = Mark(Place(volume, i, j, k));
      }
    }
  }
  return volume;
}

TEST(CanonicalTest, EveryVoxelStaysWhereItIsInSpace) {
  for (const double turn : {0.0, 0.25}) {
    for (const Shape3& shape : {Shape3{2, 3, 4}, Shape3{9, 11, 8}}) {
      for (const Affine& affine : AllOrientations(turn)) {
        const Volume canonical = ToCanonical(Marked(shape, affine));
        ASSERT_EQ(OrientationOf(canonical.affine), "RAS");
        const Volume expected = Marked(canonical.shape, canonical.affine);
        // Rounding may differ by one step where the position is computed anew.
        for (size_t n = 0; n < canonical.size(); ++n) {
          ASSERT_EQ(canonical.voxels[n], expected.voxels[n]) << OrientationOf(affine) << " " << n;
        }
      }
    }
  }
}

TEST(CanonicalTest, TurningAgainChangesNothing) {
  for (const Affine& affine : AllOrientations(0.25)) {
    const Volume once = ToCanonical(Marked({3, 4, 5}, affine));
    const Volume twice = ToCanonical(once);
    EXPECT_EQ(once.voxels, twice.voxels);
    EXPECT_EQ(once.affine, twice.affine);
  }
}

TEST(CanonicalTest, TwinsInOtherAxisOrdersHaveOneDigest) {
  const std::string digest = VoxelDigest(Marked({3, 4, 5}, AllOrientations(0)[0]));
  Volume flipped = Marked({3, 4, 5}, AllOrientations(0)[0]);
  flipped.voxels[7] = 0.0f;
  Volume negative_zero = flipped;
  negative_zero.voxels[7] = -0.0f;
  EXPECT_EQ(VoxelDigest(flipped), VoxelDigest(negative_zero));
  EXPECT_NE(VoxelDigest(flipped), digest);
  // The same voxels as another shape are another image.
  flipped.shape = {4, 3, 5};
  EXPECT_NE(VoxelDigest(flipped), VoxelDigest(negative_zero));
}

// Golden: nibabel 5.4.2, aff2axcodes of random sheared affines.
TEST(GridViewTest, AxesAreThoseOfNibabel) {
  const std::pair<Affine, std::string> golden[] = {
      {{{{-0.4, -5.28, -0.125, 0}, {0.21, 4.56, 0.055, 0}, {-0.275, -3.12, 0.375, 0}}}, "LAS"},
      {{{{-1.23, -3.84, 1.6, 0}, {0.2, -6.92, -0.08, 0}, {-1.16, -2.52, -0.49, 0}}}, "IPR"},
      {{{{2.2, -0.24, -2.36, 0}, {1.64, 3.32, -6.56, 0}, {-1.04, -3.92, -0.68, 0}}}, "RIP"},
      {{{{-0.02, -0.15, -4.2, 0}, {-0.2, -0.545, -5.44, 0}, {0.11, -0.555, 4.68, 0}}}, "PIL"},
      {{{{-8.0, 1.08, -1.1, 0}, {0.12, 0.16, -1.99, 0}, {-0.92, -1.04, 0.96, 0}}}, "LIP"},
      {{{{-1.1, -1.32, -0.42, 0}, {1.45, 2.28, 1.215, 0}, {0.64, 3.36, 0.42, 0}}}, "LSA"},
      {{{{-0.28, 1.35, -0.2, 0}, {0.76, -0.02, 0.305, 0}, {-1.44, -0.15, 0.12, 0}}}, "IRA"},
      {{{{3.6, -1.3, -1.2, 0}, {-5.12, 0.97, -0.36, 0}, {-3.88, -1.14, 0.42, 0}}}, "PIL"},
      {{{{-1.27, 0.305, -0.6, 0}, {-0.32, -0.005, -0.225, 0}, {-0.05, 0.67, -0.26, 0}}}, "LSP"},
      {{{{-0.8, -1.4, 0.135, 0}, {-1.84, -1.92, -0.36, 0}, {-2.08, 0.64, -0.19, 0}}}, "ILP"},
      {{{{1.9, 0.48, -0.79, 0}, {1.73, 0.35, -0.47, 0}, {0.91, 0.02, -0.31, 0}}}, "AIL"},
      {{{{0.2, 4.28, -1.32, 0}, {1.68, 7.52, -4.84, 0}, {1.04, -1.24, -4.24, 0}}}, "ARI"},
  };
  for (const auto& [affine, letters] : golden) EXPECT_EQ(OrientationOf(affine), letters);
}

TEST(GridViewTest, SpacingIsTheLengthOfTheColumns) {
  for (const Affine& affine : AllOrientations(0.4)) {
    const auto spacing = SpacingOf(affine);
    EXPECT_NEAR(spacing[0], 1.5, 1e-12);
    EXPECT_NEAR(spacing[1], 2, 1e-12);
    EXPECT_NEAR(spacing[2], 2.5, 1e-12);
  }
}

}  // namespace
}  // namespace gyrus
