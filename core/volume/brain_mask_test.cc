#include "core/volume/brain_mask.h"

#include <optional>

#include "core/volume/testing/volume_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// A box of 3 x 4 x 5 voxels from (2, 2, 2) on, of different intensities, in a grid whose
// other voxels are `around`.
Volume Cube(float around) {
  return Filled({8, 9, 10}, Spaced(1, 1, 1), [around](int i, int j, int k) {
    const bool inside = i >= 2 && i < 5 && j >= 2 && j < 6 && k >= 2 && k < 7;
    return inside ? 10.0f + static_cast<float>(i + j * k) : around;
  });
}

TEST(BackgroundTest, IsTheConstantAroundTheBrain) {
  EXPECT_EQ(BackgroundOf(Cube(0)), 0);
  // What float images become when they are saved as scaled int16.
  EXPECT_EQ(BackgroundOf(Cube(0.005f)), 0.005f);
  EXPECT_EQ(BackgroundOf(Cube(-1024)), -1024);
}

TEST(BackgroundTest, IsFoundWhereTheBrainTouchesTheSidesOfItsGrid) {
  // A ball that is cut off at all six sides.
  const Volume ball = Filled({21, 21, 21}, Spaced(1, 1, 1), [](int i, int j, int k) {
    const int x = i - 10, y = j - 10, z = k - 10;
    return x * x + y * y + z * z < 170 ? 100.0f + static_cast<float>(i * j % 7) : 0.0f;
  });
  EXPECT_EQ(BackgroundOf(ball), 0);
}

TEST(BackgroundTest, IsAbsentWhereTheEdgesDiffer) {
  EXPECT_EQ(BackgroundOf(Random({8, 9, 10}, 1)), std::nullopt);
  // A slice or a row has nothing but edges.
  EXPECT_EQ(BackgroundOf(RowOf({0, 1, 2, 3})), std::nullopt);
  EXPECT_EQ(BackgroundOf(RowOf({0, 7, 7, 0})), 0);
}

TEST(FindBrainTest, IsWhatDiffersFromTheBackground) {
  for (const float around : {0.0f, 0.005f, -1024.0f}) {
    const Volume image = Cube(around);
    const Volume brain = FindBrain({&image});
    EXPECT_EQ(VoxelsInside(brain), 3 * 4 * 5) << around;
    EXPECT_EQ(brain.shape, image.shape);
    EXPECT_EQ(brain.affine, image.affine);
    EXPECT_EQ(brain.voxels[brain.Index(2, 2, 2)], 1);
    EXPECT_EQ(brain.voxels[brain.Index(1, 2, 2)], 0);
  }
}

TEST(FindBrainTest, IsTheUnionOverImagesThatHaveABackground) {
  const Volume cube = Cube(0);
  Volume other = Filled(cube.shape, cube.affine, [](auto...) { return -3.0f; });
  other.voxels[other.Index(6, 6, 6)] = 0;
  EXPECT_EQ(VoxelsInside(FindBrain({&cube, &other})), 3 * 4 * 5 + 1);
  const Volume noise = Random(cube.shape, 2);
  EXPECT_EQ(VoxelsInside(FindBrain({&noise, &cube})), 3 * 4 * 5);
}

TEST(FindBrainTest, WithoutABackgroundIsEverything) {
  const Volume noise = Random({3, 4, 5}, 3);
  EXPECT_EQ(ShareInside(FindBrain({&noise})), 1);
}

TEST(MaskFromFileTest, TakesWhatIsAtLeastAHalf) {
  const Volume mask = MaskFromFile(RowOf({0, 0.005f, 0.49f, 0.5f, 1, 41, 255, -1}));
  EXPECT_THAT(mask.voxels, testing::ElementsAre(0, 0, 0, 1, 1, 1, 1, 0));
  EXPECT_EQ(ShareInside(mask), 0.5);
}

}  // namespace
}  // namespace gyrus
