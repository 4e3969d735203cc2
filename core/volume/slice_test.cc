#include "core/volume/slice.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

std::vector<float> SliceOf(const Shape3& shape, size_t axis, uint32_t index) {
  std::vector<float> voxels(shape[0] * shape[1] * shape[2]);
  for (size_t i = 0; i < voxels.size(); ++i) voxels[i] = static_cast<float>(i);
  std::vector<float> slice(voxels.size() / shape[axis]);
  CopySlice({reinterpret_cast<const char*>(voxels.data()), voxels.size() * sizeof(float)},
            {shape, sizeof(float)}, axis, index,
            absl::MakeSpan(reinterpret_cast<char*>(slice.data()), slice.size() * sizeof(float)));
  return slice;
}

TEST(CopySliceTest, TakesOnePlaneAcrossEachAxis) {
  const Shape3 shape = {2, 3, 4};  // Voxel (x, y, z) is 12 x + 4 y + z.
  EXPECT_THAT(SliceOf(shape, 0, 1),
              testing::ElementsAre(12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
  EXPECT_THAT(SliceOf(shape, 1, 2), testing::ElementsAre(8, 9, 10, 11, 20, 21, 22, 23));
  EXPECT_THAT(SliceOf(shape, 2, 0), testing::ElementsAre(0, 4, 8, 12, 16, 20));
}

TEST(CopySliceTest, TakesOnePlaneOfAMask) {
  std::string slice(6, ' ');
  CopySlice("abcdefghijklmnopqrstuvwx", {{2, 3, 4}, 1}, 2, 3, absl::MakeSpan(slice));
  EXPECT_EQ(slice, "dhlptx");
}

}  // namespace
}  // namespace gyrus
