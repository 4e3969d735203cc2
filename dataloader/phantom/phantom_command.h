// The command `gyrus-dataloader phantom`, which `gyrus phantom` runs.
#pragma once

#include <CLI/CLI.hpp>

namespace gyrus {

// Adds the subcommand. When it is given, the cohort is written while the command line is
// parsed, and `exit_code` is set. `exit_code` must outlive `app`.
void AddPhantomCommand(CLI::App& app, int& exit_code);

}  // namespace gyrus
