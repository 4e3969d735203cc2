// Computes which slices of a volume a 2D network sees.
#pragma once

#include <cstdint>

#include "core/network/graph.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct SliceRange {
  uint32_t axis = 0;  // 0, 1, 2 for x, y, z.
  uint32_t first = 0;
  uint32_t end = 0;  // Behind the last; beyond the input where the spec asks for too many.
};

// `input`: [channels, x, y, z]. A count of 0 is all from the first on.
SliceRange SlicesSeen(const v1::Slices& slices, const Shape& input);

}  // namespace gyrus
