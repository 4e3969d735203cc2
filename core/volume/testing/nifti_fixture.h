// NIfTI files for tests, of any kind, written field by field: independent of
// what is under test. Linked into tests only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "core/volume/volume.h"

namespace gyrus {

struct NiftiSample {
  std::array<int16_t, 8> dim = {3, 3, 4, 5, 1, 1, 1, 1};
  int16_t datatype = 4;
  int16_t bitpix = 16;
  bool big_endian = false;
  float slope = 0;
  float inter = 0;
  float vox_offset = 352;
  std::string magic = std::string("n+1\0", 4);
  int16_t sform_code = 1;
  int16_t qform_code = 0;
  Affine sform = {{{-2, 0, 0, 90}, {0, 2, 0, -126}, {0, 0, 2, -72}}};
  std::array<float, 4> pixdim = {1, 2, 2, 2};
  std::array<float, 6> quaternion_and_offset = {0, 0, 0, 0, 0, 0};
  uint8_t units = 2;
  // Stored value of voxel n, in the file's order (i fastest).
  std::function<double(int64_t)> value = [](int64_t n) { return static_cast<double>(n); };

  int64_t voxels() const { return int64_t{1} * dim[1] * dim[2] * dim[3]; }
};

// The header, a gap up to vox_offset, and the voxels.
std::string Bytes(const NiftiSample& sample);

// Number `n` in the file's order -> voxel number in C order.
int64_t COrder(const NiftiSample& sample, int64_t n);

// The 48 ways in which axes can run along those of space, with uneven spacing
// and an offset; `turn` of 0 keeps them straight, else they are oblique.
std::array<Affine, 48> AllOrientations(double turn);

// Where the shared real volumes are, or empty: ../shared/data beside the
// checkout, or GYRUS_SHARED_DATA.
std::string SharedData();

}  // namespace gyrus
