#include "core/volume/simd_transpose.h"

namespace gyrus {

bool TurnInt16Wide(const char*, const Plane&, float*) { return false; }

bool TurnFloatWide(const char*, const Plane&, float*, bool&) { return false; }

}  // namespace gyrus
