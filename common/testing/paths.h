// Where the checkout and its build are, for tests and benchmarks. Looked up
// while a program runs, because a path compiled into it would keep ccache from
// using what another checkout compiled.
#pragma once

#include <string>

namespace gyrus {

// The build folder that the running program was built in: two folders above it
// (BUILD/tests/NAME, BUILD/bench/NAME). Absolute, without a slash at the end.
std::string BinaryDir();

// The root of the checkout, as CMake recorded it in the build folder. Absolute.
// Ends the program with a message where the record is missing.
std::string SourceDir();

}  // namespace gyrus
