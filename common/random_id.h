// Names that nobody else has.
#pragma once

#include <string>

namespace gyrus {

// 8 characters of base32 (a-z, 2-7), from the system's randomness. For names
// only: nothing that is computed may depend on it.
std::string RandomId();

}  // namespace gyrus
