// Parses the command line of a program with CLI11, without its exceptions.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace gyrus {

// Parses the line and runs the callbacks of the subcommands that it names.
//
// Returns nothing when the program shall go on. Otherwise the program has said on
// standard output or standard error what there is to say, and ends with the exit
// code that is returned: 0 after help or the version, 2 when the line is wrong.
std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv);

}  // namespace gyrus
