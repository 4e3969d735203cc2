#include "core/network/slices.h"

namespace gyrus {

SliceRange SlicesSeen(const v1::Slices& slices, const Shape& input) {
  const uint32_t axis = slices.axis() == "x" ? 0 : slices.axis() == "y" ? 1 : 2;
  return {.axis = axis,
          .first = slices.from(),
          .end = slices.count() == 0 ? input[1 + axis] : slices.from() + slices.count()};
}

}  // namespace gyrus
