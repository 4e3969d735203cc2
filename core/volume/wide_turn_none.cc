#include "core/volume/wide_turn.h"

namespace gyrus {

bool TurnInt16Wide(const char*, const Plane&, float*) { return false; }

bool TurnFloatWide(const char*, const Plane&, float*, bool&) { return false; }

}  // namespace gyrus
