#include "core/volume/nifti.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "common/digest.h"
#include "core/volume/canonical.h"
#include "core/volume/grid_view.h"
#include "core/volume/testing/nifti_fixture.h"
#include "core/volume/voxel_copy.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

struct StoredType {
  int16_t datatype;
  int16_t bitpix;
  double least;
  double most;
};

const StoredType kTypes[] = {
    {2, 8, 0, 255},
    {4, 16, -32768, 32767},
    {8, 32, -2147483648.0, 2147483647.0},
    {16, 32, -std::numeric_limits<float>::max(), std::numeric_limits<float>::max()},
    {64, 64, -3e38, 3e38},
    {256, 8, -128, 127},
    {512, 16, 0, 65535},
    {768, 32, 0, 4294967295.0},
    {1024, 64, -9e18, 9e18},
    {1280, 64, 0, 1.8e19},
};

// Sizes on both sides of a tile's, and of one voxel.
const std::array<int16_t, 8> kShapes[] = {
    {3, 1, 1, 1, 1, 1, 1, 1},   {3, 3, 4, 5, 1, 1, 1, 1},   {3, 8, 8, 8, 1, 1, 1, 1},
    {3, 13, 2, 9, 1, 1, 1, 1},  {3, 2, 17, 11, 1, 1, 1, 1}, {3, 19, 10, 3, 1, 1, 1, 1},
    {3, 9, 16, 21, 1, 1, 1, 1},
};

NiftiSample SampleOf(const StoredType& type, const std::array<int16_t, 8>& dim) {
  NiftiSample sample;
  sample.datatype = type.datatype;
  sample.bitpix = type.bitpix;
  sample.dim = dim;
  // The ends of the range, then numbers that no two voxels of a row share.
  sample.value = [type](int64_t n) {
    return n == 0 ? type.least : n == 1 ? type.most : static_cast<double>(n * 7 % 127);
  };
  return sample;
}

TEST(NiftiTest, EveryTypeAndByteOrderIsReadExactly) {
  for (const StoredType& type : kTypes) {
    for (const auto& dim : kShapes) {
      for (const bool big_endian : {false, true}) {
        NiftiSample sample = SampleOf(type, dim);
        sample.big_endian = big_endian;
        const auto volume = ParseNifti(Bytes(sample));
        ASSERT_TRUE(volume.ok()) << volume.status();
        ASSERT_EQ(volume->size(), sample.voxels());
        EXPECT_EQ(volume->affine, sample.sform);
        for (int64_t n = 0; n < sample.voxels(); ++n) {
          ASSERT_EQ(volume->voxels[COrder(sample, n)], static_cast<float>(sample.value(n)))
              << type.datatype << " voxel " << n;
        }
      }
    }
  }
}

TEST(NiftiTest, ScalingIsDoneInDouble) {
  for (const StoredType& type : kTypes) {
    NiftiSample sample = SampleOf(type, {3, 9, 10, 11, 1, 1, 1, 1});
    sample.value = [](int64_t n) { return static_cast<double>(n % 128); };
    sample.slope = 0.1f;
    sample.inter = 1000.3f;
    const auto volume = ParseNifti(Bytes(sample));
    ASSERT_TRUE(volume.ok()) << volume.status();
    for (int64_t n = 0; n < sample.voxels(); ++n) {
      const double exact = sample.value(n) * double{0.1f} + double{1000.3f};
      ASSERT_EQ(volume->voxels[COrder(sample, n)], static_cast<float>(exact)) << n;
    }
  }
}

TEST(NiftiTest, ExtensionsBeforeAndBytesAfterTheVoxelsAreIgnored) {
  NiftiSample sample;
  const auto plain = ParseNifti(Bytes(sample));
  sample.vox_offset = 1024 + 1;  // Nothing is aligned then.
  const auto shifted = ParseNifti(Bytes(sample) + "more");
  ASSERT_TRUE(shifted.ok()) << shifted.status();
  EXPECT_EQ(shifted->voxels, plain->voxels);
}

TEST(NiftiTest, AFileCutAnywhereIsRefused) {
  const std::string bytes = Bytes({});
  for (size_t size = 0; size < bytes.size(); ++size) {
    const absl::Status status = ParseNifti(bytes.substr(0, size)).status();
    // Four bytes tell that it is a NIfTI file.
    EXPECT_EQ(status.code(), size < 4      ? absl::StatusCode::kInvalidArgument
                             : size == 348 ? absl::StatusCode::kUnimplemented
                                           : absl::StatusCode::kDataLoss)
        << size;
  }
  EXPECT_THAT(ParseNifti(bytes.substr(0, 400)).status().message(),
              HasSubstr("cut short: 400 of 472 bytes"));
}

TEST(NiftiTest, NoFlippedHeaderBitCrashes) {
  const std::string bytes = Bytes({});
  int refused = 0;
  for (size_t bit = 0; bit < 8 * 352; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto volume = ParseNifti(flipped, AxisOrder::kCanonical);
    if (!volume.ok()) {
      ++refused;
      continue;
    }
    EXPECT_EQ(volume->size(), volume->shape[0] * volume->shape[1] * volume->shape[2]) << bit;
  }
  // The size of the header, the magic, the type and its bits, and the offset's
  // sign, at least.
  EXPECT_GT(refused, 32 + 32 + 16 + 16);
}

TEST(NiftiTest, TheFirstVoxelThatIsNotFiniteIsNamed) {
  const double inf = std::numeric_limits<double>::infinity();
  const struct {
    int16_t datatype, bitpix;
    double value;
    std::string says;
  } cases[] = {{16, 32, std::nan(""), "voxel (2, 3, 4) is NaN"},
               {16, 32, inf, "voxel (2, 3, 4) is infinite"},
               {64, 64, -inf, "voxel (2, 3, 4) is infinite"},
               {64, 64, 1e39, "too large for float32"}};
  for (const auto& one : cases) {
    for (const std::array<int16_t, 8>& dim : {kShapes[1], {3, 9, 10, 11, 1, 1, 1, 1}}) {
      for (const AxisOrder order : {AxisOrder::kAsStored, AxisOrder::kCanonical}) {
        NiftiSample sample;
        sample.datatype = one.datatype;
        sample.bitpix = one.bitpix;
        sample.dim = dim;
        const int64_t bad = 2 + dim[1] * (3 + dim[2] * 4);
        sample.value = [&](int64_t n) { return n >= bad ? one.value : 1.0; };
        const absl::Status status = ParseNifti(Bytes(sample), order).status();
        EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
        EXPECT_THAT(status.message(), HasSubstr(one.says));
      }
    }
  }
}

TEST(NiftiTest, ScalingBeyondFloatIsRefused) {
  NiftiSample sample;
  sample.slope = 3e38f;
  EXPECT_THAT(ParseNifti(Bytes(sample)).status().message(), HasSubstr("voxel (2, 0, 0)"));
}

// Turning while reading and turning afterwards are two ways through the code.
TEST(NiftiTest, ReadingCanonicallyIsReadingAndThenTurning) {
  for (const StoredType& type : kTypes) {
    for (const auto& dim : kShapes) {
      for (const Affine& affine : AllOrientations(0)) {
        NiftiSample sample = SampleOf(type, dim);
        sample.sform = affine;
        const std::string bytes = Bytes(sample);
        const auto canonical = ParseNifti(bytes, AxisOrder::kCanonical);
        ASSERT_TRUE(canonical.ok()) << canonical.status();
        const Volume turned = ToCanonical(*ParseNifti(bytes));
        EXPECT_EQ(canonical->shape, turned.shape);
        EXPECT_EQ(canonical->affine, turned.affine);
        EXPECT_EQ(canonical->voxels, turned.voxels);
      }
    }
  }
}

TEST(NiftiTest, WideRegistersGiveTheSameBits) {
  for (const StoredType& type : kTypes) {
    for (const auto& dim : kShapes) {
      for (const Affine& affine : AllOrientations(0)) {
        NiftiSample sample = SampleOf(type, dim);
        const std::string bytes = Bytes(sample);
        const GridView view = CanonicalView(
            {{dim[1], dim[2], dim[3]}, affine, 0, {1, dim[1], int64_t{1} * dim[1] * dim[2]}});
        const VoxelCoding coding = {static_cast<NiftiType>(type.datatype)};
        Voxels wide(sample.voxels()), portable(sample.voxels());
        EXPECT_TRUE(CopyVoxels(&bytes[352], coding, view, wide.data()));
        EXPECT_TRUE(CopyVoxels(&bytes[352], coding, view, portable.data(), Registers::kPortable));
        EXPECT_EQ(wide, portable);
      }
    }
  }
}

// Golden: nibabel 5.4.2's as_closest_canonical, hashed by Python's hashlib.
TEST(NiftiTest, CanonicalVoxelsAreThoseOfNibabel) {
  NiftiSample sample;
  sample.value = [](int64_t n) { return static_cast<double>(n * 7 - 100); };
  sample.slope = 0.5f;
  sample.inter = -3;
  sample.sform = {{{0, -2, 0, 10}, {0, 0, 1.5, -20}, {-3, 0, 0, 30}}};
  const auto volume = ParseNifti(Bytes(sample), AxisOrder::kCanonical);
  ASSERT_TRUE(volume.ok()) << volume.status();
  EXPECT_EQ(volume->shape, (Shape3{4, 5, 3}));
  EXPECT_EQ(volume->affine, (Affine{{{2, 0, 0, 4}, {0, 1.5, 0, -20}, {0, 0, 3, 24}}}));
  EXPECT_EQ(Hex(VoxelDigest(*volume)),
            "603ce8f26f9d664e677693063cd7bf8a0f9ec7a18d595e71916ebae220f6d044");
}

TEST(NiftiTest, WhatIsWrittenIsReadBack) {
  for (const auto& dim : kShapes) {
    NiftiSample sample = SampleOf(kTypes[3], dim);
    const Volume volume = *ParseNifti(Bytes(sample));
    const auto again = ParseNifti(SerializeNifti(volume));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->shape, volume.shape);
    EXPECT_EQ(again->affine, volume.affine);
    EXPECT_EQ(again->voxels, volume.voxels);
  }
}

TEST(NiftiTest, TheQformWrittenSaysTheSameAsTheSform) {
  for (const double turn : {0.0, 0.3, 2.0}) {
    for (const Affine& affine : AllOrientations(turn)) {
      std::string bytes = SerializeNifti({{1, 1, 1}, affine, Voxels(1, 7.0f)});
      ASSERT_EQ(bytes[252], 1);
      bytes[254] = 0;  // sform_code
      const auto header = ParseNiftiHeader(bytes);
      ASSERT_TRUE(header.ok()) << header.status();
      ASSERT_EQ(header->affine_from, NiftiHeader::AffineFrom::kQform);
      for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
          // A part near 0 is the root of what float32 leaves of the others.
          ASSERT_NEAR(header->affine[row][column], affine[row][column], 1e-5);
        }
      }
    }
  }
}

TEST(NiftiTest, AShearedAffineHasNoQform) {
  const Affine sheared = {{{1, 0.2, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
  const std::string bytes = SerializeNifti({{1, 1, 1}, sheared, Voxels(1, 7.0f)});
  EXPECT_EQ(bytes[252], 0);
  EXPECT_NEAR(ParseNifti(bytes)->affine[0][1], 0.2, 1e-7);
}

}  // namespace
}  // namespace gyrus
