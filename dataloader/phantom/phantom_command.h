// `gyrus-dataloader phantom`, which `gyrus phantom` runs.
#pragma once

#include <CLI/CLI.hpp>

namespace gyrus {

// Adds the subcommand; running it sets `exit_code`.
void AddPhantomCommand(CLI::App& app, int& exit_code);

}  // namespace gyrus
