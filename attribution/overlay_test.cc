#include "attribution/overlay.h"

#include <png.h>

#include <algorithm>
#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

Volume Filled(float value) {
  Volume volume = {.shape = {4, 6, 8}, .affine = {}, .voxels = {}};
  volume.voxels.assign(4 * 6 * 8, value);
  return volume;
}

std::vector<uint8_t> PixelAt(const Picture& picture, int x, int y) {
  const size_t at = 3 * (size_t{1} * y * picture.width + x);
  return {picture.rgb.begin() + at, picture.rgb.begin() + at + 3};
}

TEST(OverlayTest, PlanesGoThroughTheFarthestVoxel) {
  Volume brain = Filled(1), map = Filled(0);
  map.voxels[map.Index(3, 1, 6)] = 2;
  const Picture picture = Overlay(brain, Filled(1), map);
  // Sagittal 6 x 8, coronal 4 x 8, axial 4 x 6 voxels of 4 pixels, gaps of 8.
  EXPECT_EQ(picture.width, 24 + 8 + 16 + 8 + 16);
  EXPECT_EQ(picture.height, 32);
  const std::vector<uint8_t> hot = {191, 191, 0};  // Yellow, three quarters over black.
  // Anterior is left: y = 1 is the fifth of six columns; z = 6 the second row.
  EXPECT_EQ(PixelAt(picture, 4 * 4 + 1, 1 * 4 + 1), hot);
  EXPECT_EQ(PixelAt(picture, 32 + 3 * 4 + 1, 1 * 4 + 1), hot);
  EXPECT_EQ(PixelAt(picture, 56 + 3 * 4 + 1, 4 + 4 * 4 + 1), hot);  // Centred; y = 1 from below.
  EXPECT_EQ(PixelAt(picture, 1, 1), std::vector<uint8_t>({0, 0, 0}));
}

TEST(OverlayTest, PlanesGoThroughTheBrainWhereTheMapIsFartherBesideIt) {
  Volume mask = Filled(0), map = Filled(0);
  mask.voxels[mask.Index(3, 1, 6)] = 1;
  map.voxels[map.Index(3, 1, 6)] = 2;
  map.voxels[map.Index(0, 5, 0)] = -9;
  const Picture picture = Overlay(Filled(1), mask, map);
  const std::vector<uint8_t> hot = {191, 191, 0};
  EXPECT_EQ(PixelAt(picture, 4 * 4 + 1, 1 * 4 + 1), hot);
  EXPECT_EQ(PixelAt(picture, 32 + 3 * 4 + 1, 1 * 4 + 1), hot);
}

TEST(OverlayTest, SignsHaveTheirOwnColours) {
  Volume brain = Filled(1), map = Filled(0);
  map.voxels[map.Index(0, 0, 0)] = -4;
  map.voxels[map.Index(1, 0, 0)] = 1;
  const Picture picture = Overlay(brain, Filled(1), map);
  const int bottom = picture.height - 1;
  EXPECT_EQ(PixelAt(picture, 32, bottom), std::vector<uint8_t>({0, 191, 191}));
  const std::vector<uint8_t> weak = PixelAt(picture, 32 + 4, bottom);
  EXPECT_GT(weak[0], 0);
  EXPECT_EQ(weak[2], 0);
}

TEST(OverlayTest, AMapOfZerosShowsTheBrainAlone) {
  Volume brain = Filled(1);
  std::fill(brain.voxels.begin(), brain.voxels.begin() + 20, 0.5F);
  EXPECT_EQ(PixelAt(Overlay(brain, Filled(1), Filled(0)), 1, 1),
            std::vector<uint8_t>({255, 255, 255}));
}

TEST(OverlayTest, TheMaskSaysWhatIsBrainAndNoVoxelDoes) {
  Volume brain = Filled(1), mask = Filled(1), map = Filled(0.5F);
  map.voxels[0] = 1;
  EXPECT_NE(PixelAt(Overlay(brain, mask, map), 1, 1), std::vector<uint8_t>({0, 0, 0}));
  // Anterior and superior in the first plane: y = 5, z = 7.
  brain.voxels[brain.Index(0, 5, 7)] = 0;
  EXPECT_NE(PixelAt(Overlay(brain, mask, map), 1, 1), std::vector<uint8_t>({0, 0, 0}));
  mask.voxels[mask.Index(0, 5, 7)] = 0;
  EXPECT_EQ(PixelAt(Overlay(brain, mask, map), 1, 1), std::vector<uint8_t>({0, 0, 0}));
  EXPECT_EQ(PixelAt(Overlay(brain, Filled(0), map), 1, 1), std::vector<uint8_t>({0, 0, 0}));
}

TEST(EncodePngTest, IsReadAsItWas) {
  const Picture picture = Overlay(Filled(1), Filled(1), Filled(0));
  const auto encoded = EncodePng(picture);
  ASSERT_TRUE(encoded.ok()) << encoded.status();
  const std::string& bytes = *encoded;
  png_image image;
  std::memset(&image, 0, sizeof(image));
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()));
  image.format = PNG_FORMAT_RGB;
  ASSERT_EQ(image.width, picture.width);
  ASSERT_EQ(image.height, picture.height);
  std::vector<uint8_t> rgb(PNG_IMAGE_SIZE(image));
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr));
  EXPECT_EQ(rgb, picture.rgb);
}

}  // namespace
}  // namespace gyrus
