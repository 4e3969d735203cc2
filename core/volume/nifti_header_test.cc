#include "core/volume/nifti_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/volume/testing/nifti_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(NiftiHeaderTest, SaysWhatTheFileSays) {
  for (const bool big_endian : {false, true}) {
    NiftiSample sample;
    sample.big_endian = big_endian;
    sample.dim = {4, 7, 8, 9, 1, 1, 1, 1};
    sample.datatype = 64;
    sample.bitpix = 64;
    sample.slope = 0.5;
    sample.inter = -3;
    sample.vox_offset = 416;
    const auto header = ParseNiftiHeader(Bytes(sample));
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_EQ(header->big_endian, big_endian);
    EXPECT_EQ(header->type, NiftiType::kFloat64);
    EXPECT_EQ(header->shape, (Shape3{7, 8, 9}));
    EXPECT_EQ(header->affine, sample.sform);
    EXPECT_EQ(header->affine_from, NiftiHeader::AffineFrom::kSform);
    EXPECT_EQ(header->slope, 0.5);
    EXPECT_EQ(header->inter, -3);
    EXPECT_EQ(header->voxel_offset, 416);
  }
}

TEST(NiftiHeaderTest, SlopeZeroOrNanMeansNotScaled) {
  for (const float slope : {0.0f, std::nanf("")}) {
    NiftiSample sample;
    sample.slope = slope;
    sample.inter = 9;
    const auto header = ParseNiftiHeader(Bytes(sample));
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_EQ(header->slope, 1);
    EXPECT_EQ(header->inter, 0);
  }
}

TEST(NiftiHeaderTest, TheSformIsTakenBeforeTheQform) {
  NiftiSample sample;
  sample.qform_code = 1;
  sample.quaternion_and_offset = {0, 0, 0, 5, 6, 7};
  EXPECT_EQ(ParseNiftiHeader(Bytes(sample))->affine, sample.sform);
  sample.sform_code = 0;
  const auto header = ParseNiftiHeader(Bytes(sample));
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->affine_from, NiftiHeader::AffineFrom::kQform);
  EXPECT_EQ(header->affine, (Affine{{{2, 0, 0, 5}, {0, 2, 0, 6}, {0, 0, 2, 7}}}));
}

// Golden: nibabel 5.4.2, Nifti1Header.get_qform().
TEST(NiftiHeaderTest, TheQformIsTheQuaternionsRotation) {
  NiftiSample sample;
  sample.sform_code = 0;
  sample.qform_code = 1;
  sample.quaternion_and_offset = {0.3f, -0.5f, 0.2f, 1, 2, 3};
  sample.pixdim = {-1, 1.5f, 2, 2.5f};
  const Affine golden = {{{0.6299999964237213, -1.229920658910265, 1.6685019388645295, 1.0},
                          {0.022440458419911817, 1.4799999666213983, 1.6811012275368087, 2.0},
                          {1.3611011829882507, 0.544880970108518, -0.7999999642372124, 3.0}}};
  const auto header = ParseNiftiHeader(Bytes(sample));
  ASSERT_TRUE(header.ok()) << header.status();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      EXPECT_NEAR(header->affine[row][column], golden[row][column], 1e-14) << row << column;
    }
  }
}

TEST(NiftiHeaderTest, AHalfTurnHasAQuaternionThatRoundsAboveOne) {
  NiftiSample sample;
  sample.sform_code = 0;
  sample.qform_code = 1;
  sample.quaternion_and_offset = {
      std::sqrt(0.5f), std::nextafter(std::sqrt(0.5f), 1.0f), 0, 0, 0, 0};
  const auto header = ParseNiftiHeader(Bytes(sample));
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_NEAR(header->affine[0][1], 2, 1e-6);
}

struct Refusal {
  std::string name;
  std::function<void(NiftiSample&)> change;
  absl::StatusCode code;
  std::string message;
};

std::vector<Refusal> Refusals() {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  const auto unimplemented = absl::StatusCode::kUnimplemented;
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  using S = NiftiSample;
  return {
      {"pair", [](S& s) { s.magic = std::string("ni1\0", 4); }, unimplemented, ".hdr/.img pair"},
      {"analyze", [](S& s) { s.magic = std::string(4, '\0'); }, unimplemented, "Analyze"},
      {"4d", [](S& s) { s.dim = {4, 3, 4, 5, 2, 1, 1, 1}; }, unimplemented,
       "4D image (3 x 4 x 5 x 2)"},
      {"5d", [](S& s) { s.dim = {5, 3, 4, 5, 1, 3, 1, 1}; }, unimplemented, "5D image"},
      {"2d", [](S& s) { s.dim = {2, 3, 4, 1, 1, 1, 1, 1}; }, unimplemented, "2D image"},
      {"no dimensions", [](S& s) { s.dim[0] = 0; }, invalid, "dim[0] is 0"},
      {"8 dimensions", [](S& s) { s.dim[0] = 8; }, invalid, "dim[0] is 8"},
      {"empty axis", [](S& s) { s.dim[2] = 0; }, invalid,
       "dimension 2 of 3 x 0 x 5 is not positive"},
      {"negative time", [](S& s) { s.dim = {4, 3, 4, 5, -1, 1, 1, 1}; }, invalid, "not positive"},
      {"complex", [](S& s) { s.datatype = 32; }, unimplemented, "datatype 32 (complex64)"},
      {"no type", [](S& s) { s.datatype = 0; }, unimplemented, "datatype 0 (unknown)"},
      {"own type", [](S& s) { s.datatype = 77; }, unimplemented,
       "datatype 77 (not in the standard)"},
      {"bits", [](S& s) { s.bitpix = 8; }, invalid, "bitpix is 8, but int16 has 16 bits"},
      {"slope", [inf](S& s) { s.slope = inf; }, invalid, "scl_slope"},
      {"intercept", [nan](S& s) { s.slope = 1, s.inter = nan; }, invalid, "scl_inter nan"},
      {"offset 0", [](S& s) { s.vox_offset = 0; }, invalid, "vox_offset is 0"},
      {"offset half", [](S& s) { s.vox_offset = 352.5; }, invalid, "vox_offset is 352.5"},
      {"offset nan", [nan](S& s) { s.vox_offset = nan; }, invalid, "vox_offset is nan"},
      {"no orientation", [](S& s) { s.sform_code = 0; }, invalid, "no orientation"},
      {"code", [](S& s) { s.sform_code = -1; }, invalid, "sform_code -1"},
      {"metres", [](S& s) { s.units = 1; }, unimplemented, "metres"},
      {"micrometres", [](S& s) { s.units = 3 | 8; }, unimplemented, "micrometres"},
      {"zero column", [](S& s) { s.sform[0][0] = 0; }, invalid, "sform: the affine is singular"},
      {"flat", [](S& s) { s.sform[2][2] = 0, s.sform[1][2] = 2; }, invalid, "singular"},
      {"affine", [nan](S& s) { s.sform[1][3] = nan; }, invalid, "sform: the affine is not finite"},
      {"tiny voxels", [](S& s) { s.sform[0][0] = 1e-8f; }, invalid, "voxels of 1e-08 mm"},
      {"huge voxels", [](S& s) { s.sform[1][1] = 2000; }, invalid, "voxels of 2000 mm"},
      {"quaternion",
       [](S& s) {
         s.sform_code = 0, s.qform_code = 1, s.quaternion_and_offset = {1, 1};
       },
       invalid, "qform: the quaternion (1, 1, 0) is longer than 1"},
      {"qform spacing", [](S& s) { s.sform_code = 0, s.qform_code = 1, s.pixdim[2] = -2; }, invalid,
       "qform: pixdim[2] is -2"},
      {"qfac", [](S& s) { s.sform_code = 0, s.qform_code = 1, s.pixdim[0] = 3; }, invalid, "qfac"},
  };
}

TEST(NiftiHeaderTest, WhatIsNotTakenIsNamed) {
  for (const Refusal& refusal : Refusals()) {
    for (const bool big_endian : {false, true}) {
      NiftiSample sample;
      sample.big_endian = big_endian;
      refusal.change(sample);
      const absl::Status status = ParseNiftiHeader(Bytes(sample)).status();
      EXPECT_EQ(status.code(), refusal.code) << refusal.name << ": " << status;
      EXPECT_THAT(status.message(), HasSubstr(refusal.message)) << refusal.name;
    }
  }
}

TEST(NiftiHeaderTest, MoreThan2To31VoxelsAreRefused) {
  std::string bytes = Bytes({});
  const int16_t side = 1291;  // 1291^3 > 2^31 > 1290^3
  for (const size_t offset : {42, 44, 46})
    bytes.replace(offset, 2, reinterpret_cast<const char*>(&side), 2);
  EXPECT_THAT(ParseNiftiHeader(bytes).status().message(), HasSubstr("more than 2^31 voxels"));
}

TEST(NiftiHeaderTest, OtherFormatsAreNamed) {
  const auto zeros = [](size_t n) { return std::string(n, '\0'); };
  const std::string mgh("\0\0\0\1\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0\2\0\0\0\3", 24);
  const std::string nifti2_big("\0\0\2\x1c", 4), nifti2_little("\x1c\2\0\0", 4),
      nifti1("\x5c\1\0\0", 4);
  const std::vector<std::pair<std::string, std::string>> files = {
      {"", "empty"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "Git LFS pointer"},
      {"../../.git/annex/objects/Xx/SHA256E-s12.nii.gz", "git-annex pointer"},
      {"/annex/objects/SHA256E-s12.nii.gz\n", "git-annex pointer"},
      {zeros(128) + "DICM" + zeros(300), "DICOM"},
      {mgh + zeros(400), "MGH"},
      {nifti2_big + zeros(600), "NIfTI-2"},
      {nifti2_little + zeros(600), "NIfTI-2"},
      {"CDF\1" + zeros(400), "MINC 1"},
      {"<!DOCTYPE html><html>404</html>", "HTML"},
      {"hello, brain", "not a NIfTI file"},
      {"x", "not a NIfTI file"},
      {nifti1 + zeros(124) + "DICM" + zeros(300), "DICOM"},
      {Bytes({}).substr(0, 348), "without an image"},
  };
  for (const auto& [bytes, name] : files) {
    EXPECT_THAT(ParseNiftiHeader(bytes).status().message(), HasSubstr(name));
  }
}

TEST(NiftiHeaderTest, AHeaderCutAnywhereIsRefused) {
  const std::string bytes = Bytes({});
  for (size_t size = 0; size < 352; ++size) {
    EXPECT_FALSE(ParseNiftiHeader(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_TRUE(ParseNiftiHeader(bytes.substr(0, 352)).ok());
}

}  // namespace
}  // namespace gyrus
