// The command line of `gyrus`.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace gyrus::cli {

// Parses, and runs the callbacks of what was given. The exit code when there is
// nothing more to do: help or version was printed, or the line is wrong, which
// was said.
std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv);

}  // namespace gyrus::cli
