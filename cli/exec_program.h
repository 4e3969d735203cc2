// Adds commands of `gyrus` that another program carries out.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace gyrus::cli {

// Adds a subcommand. When it is given, this process is replaced (execv) by the
// program at the path `program`, with the words of `first` and then the rest of the
// line, --help among it. If the program cannot be started, the exit code is
// kExitUnavailable.
void AddProgram(CLI::App& app, const std::string& name, const std::string& description,
                const std::string& program, std::vector<std::string> first, Action& chosen);

}  // namespace gyrus::cli
