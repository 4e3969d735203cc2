// Makes names that no other program makes, for experiments, workers and temporary
// files.
#pragma once

#include <string>

namespace gyrus {

// Eight characters of base32 (a-z, 2-7), from the system's source of randomness. They
// are for names only: no result may depend on them. Thread-safe.
std::string RandomId();

}  // namespace gyrus
