// Tells a test whether its exhaustive form was asked for.
#pragma once

#include <cstdlib>

namespace gyrus {

// True under `deploy/test.sh --long`, which sets GYRUS_LONG_TESTS. A test that has
// a long form runs a shorter batch of the same thing otherwise.
inline bool LongTests() { return std::getenv("GYRUS_LONG_TESTS") != nullptr; }

}  // namespace gyrus
