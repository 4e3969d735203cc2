#include "dataloader/phantom/storage.h"

#include <string>
#include <utility>
#include <vector>

#include "core/volume/gzip.h"
#include "core/volume/image.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr int kFormats = 4;

// Each voxel its own value, on an anisotropic grid away from the origin.
Volume Numbered(const StorageFormat& format) {
  Volume volume;
  volume.shape = {3, 4, 5};
  volume.affine = {{{2, 0, 0, -7}, {0, 3, 0, 11}, {0, 0, 4, 13}}};
  for (int i = 0; i < 60; ++i) volume.voxels.push_back(Storable(format, i * 1.37));
  return volume;
}

CanonicalImage StoredAndRead(const StorageFormat& format) {
  absl::StatusOr<CanonicalImage> image = ReadCanonicalNifti(EncodeVolume(format, Numbered(format)));
  EXPECT_TRUE(image.ok()) << image.status();
  return image.ok() ? *std::move(image) : CanonicalImage();
}

TEST(StorageTest, EveryFormatKeepsVoxelsWhereTheyAre) {
  for (int site = 0; site < kFormats; ++site) {
    const StorageFormat& format = StorageOfSite(site);
    const Volume volume = Numbered(format);
    const CanonicalImage image = StoredAndRead(format);
    EXPECT_EQ(OrientationOf(image.header.affine),
              std::string(format.axes.begin(), format.axes.end()));
    EXPECT_EQ(image.volume.shape, volume.shape);
    EXPECT_EQ(image.volume.voxels, volume.voxels);
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 4; ++column) {
        EXPECT_NEAR(image.volume.affine[row][column], volume.affine[row][column], 1e-5);
      }
    }
  }
}

TEST(StorageTest, FormatsDifferInTypeScalingAndWhereTheOrientationStands) {
  std::vector<NiftiHeader> headers;
  for (int site = 0; site < kFormats; ++site) {
    headers.push_back(StoredAndRead(StorageOfSite(site)).header);
  }
  EXPECT_EQ(headers[0].type, NiftiType::kFloat32);
  EXPECT_EQ(headers[1].type, NiftiType::kInt16);
  EXPECT_EQ(headers[2].type, NiftiType::kInt16);
  EXPECT_EQ(headers[3].type, NiftiType::kFloat32);
  EXPECT_EQ(headers[2].slope, 0.25);
  EXPECT_EQ(headers[1].affine_from, NiftiHeader::AffineFrom::kQform);
  EXPECT_EQ(headers[3].affine_from, NiftiHeader::AffineFrom::kSform);
  EXPECT_EQ(headers[2].shape, (Shape3{4, 5, 3}));
}

// Readers differ in which of the two they take.
TEST(StorageTest, WhatAFormatLeavesOutHasCodeZero) {
  for (int site = 0; site < kFormats; ++site) {
    const StorageFormat& format = StorageOfSite(site);
    ByteBuffer nifti;
    ASSERT_TRUE(Gunzip(EncodeVolume(format, Numbered(format)), nifti).ok());
    EXPECT_EQ(nifti.bytes()[252], format.qform ? 1 : 0);
    EXPECT_EQ(nifti.bytes()[254], format.sform ? 1 : 0);
  }
}

TEST(StorageTest, OnlyTheBackgroundIsStoredAsZero) {
  for (int site = 0; site < kFormats; ++site) {
    const StorageFormat& format = StorageOfSite(site);
    EXPECT_EQ(Storable(format, 0), 0);
    EXPECT_GT(Storable(format, 1e-9), 0);
    EXPECT_NEAR(Storable(format, 1000.3), 1000.3, 0.5);
  }
}

TEST(StorageTest, WhatIsTooBrightIsClippedNotWrapped) {
  const StorageFormat& format = StorageOfSite(1);
  ASSERT_TRUE(format.int16);
  EXPECT_EQ(Storable(format, 1e9), 32767);
}

}  // namespace
}  // namespace gyrus
