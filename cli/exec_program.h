// Commands that are another program's.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace gyrus::cli {

// Adds a subcommand whose line, --help too, is for the program at path `program`,
// after the words of `first`. This process becomes that program.
void AddProgram(CLI::App& app, const std::string& name, const std::string& description,
                const std::string& program, std::vector<std::string> first, Action& chosen);

}  // namespace gyrus::cli
