// Converts stored voxels of any type, byte order and axis order to float32 in C order.
#pragma once

#include <cstdint>

#include "core/volume/grid_view.h"
#include "core/volume/nifti_header.h"

namespace gyrus {

// How one stored number is read.
struct VoxelCoding {
  NiftiType type = NiftiType::kFloat32;
  bool big_endian = false;
  double slope = 1;
  double inter = 0;
};

// Which registers of the processor do the work; the bits are the same.
enum class Registers { kWidest, kPortable };

// Reads the voxels that `view` shows of `stored` (not aligned) into `out`, which
// has room for them. Conversion, axes and flips are one pass over memory.
//
// Returns false if a voxel is NaN or infinite as float32; `out` is filled all the same.
bool CopyVoxels(const char* stored, const VoxelCoding& coding, const GridView& view, float* out,
                Registers registers = Registers::kWidest);

}  // namespace gyrus
