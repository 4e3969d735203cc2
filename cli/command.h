// How a command of `gyrus` is built: one file a command, which adds itself.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/exit_code.h"

namespace gyrus::cli {

// What main runs once the line is parsed: an ExitCode.
using Action = std::function<int()>;

// What main found around the program; nothing else reads the environment.
struct Environment {
  std::string coordinator;       // GYRUS_COORDINATOR; may be empty.
  std::string cache_folder;      // Of this user, for all runs.
  std::string temporary_folder;  // Of this machine.
  std::string program_folder;    // Where the other programs lie.
  bool dumb_terminal = true;     // TERM says that nothing can be redrawn.
};

// Each adds one subcommand; when it is given, it sets `chosen`.
void AddCancel(CLI::App& app, const Environment& environment, Action& chosen);
void AddGradcam(CLI::App& app, const Environment& environment, Action& chosen);
void AddInspect(CLI::App& app, Action& chosen);
void AddList(CLI::App& app, const Environment& environment, Action& chosen);
void AddPhantom(CLI::App& app, const Environment& environment, Action& chosen);
void AddPlan(CLI::App& app, const Environment& environment, Action& chosen);
void AddResults(CLI::App& app, const Environment& environment, Action& chosen);
void AddRun(CLI::App& app, const Environment& environment, Action& chosen);
void AddShow(CLI::App& app, const Environment& environment, Action& chosen);
void AddSubmit(CLI::App& app, const Environment& environment, Action& chosen);
void AddVersion(CLI::App& app, Action& chosen);
void AddWatch(CLI::App& app, const Environment& environment, Action& chosen);

// All of them, in the order of --help; one is required.
void AddCommands(CLI::App& app, const Environment& environment, Action& chosen);

// Prints "gyrus: LINE" to standard error for each line of the message.
void PrintError(absl::string_view message);

// The exit code, or that of the error, which is printed.
int ExitWith(const absl::StatusOr<int>& code);

}  // namespace gyrus::cli
