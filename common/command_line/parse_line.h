// The command line of a program.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace gyrus {

// Parses, and runs the callbacks of what was given. The exit code when there is
// nothing more to do: 0 if help or version was printed, 2 if the line is wrong,
// which was said.
std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv);

}  // namespace gyrus
