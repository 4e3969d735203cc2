// Functions that all commands of `gyrus` share. Each command has a file of its own, with
// one function that adds the command to the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/exit_code.h"

namespace gyrus::cli {

// The command that was given. Main calls it after the command line has been parsed; it
// returns an ExitCode.
using Action = std::function<int()>;

// The surroundings of the program, which main reads once. No other code reads the
// environment.
struct Environment {
  // The words of the command line, the first of them the name of this program.
  std::vector<std::string> command_line;
  // The value of GYRUS_COORDINATOR, HOST:PORT; may be empty.
  std::string coordinator;
  // The user's folder for prepared volumes; empty where there is no home folder.
  std::string cache_folder;
  // The machine's folder for temporary files.
  std::string temporary_folder;
  // The folder with the other programs of Gyrus.
  std::string program_folder;
  // Whether the terminal cannot update lines in place (TERM is empty or "dumb").
  bool dumb_terminal = true;
};

// Each of these adds one command, which sets `chosen` when it is given. `chosen` must
// outlive `app`.
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

// Adds all commands, in the order in which --help shows them. One must be given.
void AddCommands(CLI::App& app, const Environment& environment, Action& chosen);

// Prints "gyrus: LINE" to standard error for each line of the message.
void PrintError(absl::string_view message);

// Returns the exit code; or prints the error, and returns the exit code that belongs to
// it.
int ExitWith(const absl::StatusOr<int>& code);

}  // namespace gyrus::cli
