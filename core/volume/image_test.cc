#include "core/volume/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/digest.h"
#include "common/files.h"
#include "core/volume/testing/nifti_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(ImageTest, CompressedOrNotItIsTheSameImage) {
  const std::string bytes = Bytes({});
  ReadBuffers buffers;
  const auto plain = ReadCanonicalNifti(bytes);
  const auto zipped = ReadCanonicalNifti(Gzip(bytes), {.buffers = &buffers});
  ASSERT_TRUE(plain.ok()) << plain.status();
  ASSERT_TRUE(zipped.ok()) << zipped.status();
  EXPECT_EQ(plain->volume.voxels, zipped->volume.voxels);
  EXPECT_EQ(plain->volume.affine, zipped->volume.affine);
  EXPECT_EQ(plain->content_sha256, Sha256Of(bytes));
  EXPECT_EQ(zipped->content_sha256, Sha256Of(bytes));
  EXPECT_EQ(OrientationOf(plain->header.affine), "LAS");
  EXPECT_EQ(OrientationOf(plain->volume.affine), "RAS");
}

TEST(ImageTest, BuffersServeManyFiles) {
  ReadBuffers buffers;
  for (const int16_t size : {20, 3, 30}) {
    NiftiSample sample;
    sample.dim = {3, size, 4, 9, 1, 1, 1, 1};
    auto image = ReadCanonicalNifti(Gzip(Bytes(sample)), {.buffers = &buffers});
    ASSERT_TRUE(image.ok()) << image.status();
    EXPECT_EQ(image->volume.voxels, ReadCanonicalNifti(Bytes(sample))->volume.voxels);
    buffers.voxels = std::move(image->volume.voxels);
  }
}

TEST(ImageTest, WithoutDigestThereIsNone) {
  EXPECT_EQ(ReadCanonicalNifti(Bytes({}), {.digest = false})->content_sha256, "");
}

TEST(ImageTest, ACompressedFileCutAnywhereIsRefused) {
  const std::string whole = Gzip(Bytes({}));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadCanonicalNifti(whole.substr(0, size)).ok()) << size;
  }
  EXPECT_TRUE(ReadCanonicalNifti(whole).ok());
}

TEST(ImageTest, RealFilesThatBreakReadersAreReadOrRefusedByName) {
  if (SharedData().empty()) GTEST_SKIP() << "no shared data folder; set GYRUS_SHARED_DATA";
  const struct {
    std::string name;
    std::string refusal;  // or the voxels' digest, as of nibabel 5.4.2 and hashlib
  } files[] = {
      {"anatomical.nii", "dd42ccbc71e7ec4f48d8a037abf13623dbc525b2ecdda87f57faa497f7f02606"},
      {"someones_anatomy.nii.gz",
       "fc20786e709c410595b61ca072f3af1a973342998d01cbe4ac0731c86ede67ec"},
      {"example4d.nii.gz", "4D image (128 x 96 x 24 x 2); Gyrus takes 3D"},
      {"example_nifti2.nii.gz", "a NIfTI-2 file"},
      {"nifti1.hdr", "the header of a .hdr/.img pair"},
      {"test.mgz", "an MGH file"},
      {"LICENSE", "not a NIfTI file"},
  };
  for (const auto& file : files) {
    const auto bytes = ReadFile(SharedData() + "/edge/" + file.name);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    const auto image = ReadCanonicalNifti(*bytes);
    const std::string result =
        image.ok() ? Hex(VoxelDigest(image->volume)) : std::string(image.status().message());
    EXPECT_THAT(result, HasSubstr(file.refusal)) << file.name;
  }
}

}  // namespace
}  // namespace gyrus
