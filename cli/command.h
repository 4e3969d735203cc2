// How a command of `gyrus` is built: one file a command, which adds itself.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace gyrus::cli {

// docs/cli.md lists them for users.
enum ExitCode {
  kExitValid = 0,
  kExitIncomplete = 1,  // INCOMPLETE or INVALID
  kExitUsage = 2,       // usage or spec
  kExitData = 3,
  kExitUnavailable = 4,
  kExitInternal = 5,
  kExitInterrupted = 130,
};

// What main runs once the line is parsed: an ExitCode.
using Action = std::function<int()>;

// Each adds one subcommand; when it is given, it sets `chosen`.
void AddInspect(CLI::App& app, Action& chosen);

// Prints "gyrus: MESSAGE" to standard error.
void PrintError(absl::string_view message);

}  // namespace gyrus::cli
