#include "core/volume/crop.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/volume/testing/volume_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

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

TEST(CropOrPadTest, FillsWithTheBackground) {
  const Volume padded = CropOrPad(RowOf({1, 2}), {1, 1, 4}, {0, 0, 0.5}, -1024);
  EXPECT_THAT(padded.voxels, testing::ElementsAre(-1024, 1, 2, -1024));
}

TEST(BrainCentreTest, IsTheMiddleOfTheBoxAroundTheMask) {
  Volume mask = Filled({9, 10, 11}, Spaced(1, 1, 1), [](auto...) { return 0.0f; });
  EXPECT_EQ(BrainCentre(mask), (std::array<double, 3>{4, 4.5, 5}));
  for (const Shape3& at : {Shape3{1, 2, 8}, Shape3{4, 9, 3}, Shape3{2, 3, 10}}) {
    mask.voxels[mask.Index(at[0], at[1], at[2])] = 1;
  }
  EXPECT_EQ(BrainCentre(mask), (std::array<double, 3>{2.5, 5.5, 6.5}));
}

}  // namespace
}  // namespace gyrus
