// Transposes a plane of voxels with the widest vector registers of the processor. Nothing
// is rounded, so the bits do not depend on the registers.
#pragma once

#include <cstdint>

namespace gyrus {

// Stored voxels are neighbours along `a`, output voxels along `b`. Both sizes
// are at least kTile.
struct Plane {
  static constexpr int64_t kTile = 8;

  int64_t a_size;
  int64_t b_size;
  int64_t stored_b;  // Stride along b, in stored voxels.
  int64_t out_a;     // Stride along a, in output voxels.
};

// Returns false, and does nothing, where the processor has no such registers.
bool TurnInt16Wide(const char* stored, const Plane& plane, float* out);
// Clears `finite` when a voxel is NaN or infinite.
bool TurnFloatWide(const char* stored, const Plane& plane, float* out, bool& finite);

}  // namespace gyrus
