#include "cli/command.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/program.h"

namespace gyrus::cli {

void AddCommands(CLI::App& app, const Environment& environment, Action& chosen) {
  app.require_subcommand(1);
  AddRun(app, environment, chosen);
  AddPlan(app, environment, chosen);
  AddSubmit(app, environment, chosen);
  AddList(app, environment, chosen);
  AddShow(app, environment, chosen);
  AddWatch(app, environment, chosen);
  AddCancel(app, environment, chosen);
  AddRetry(app, environment, chosen);
  AddResults(app, environment, chosen);
  AddGradcam(app, environment, chosen);
  AddInspect(app, chosen);
  AddPhantom(app, environment, chosen);
  AddVersion(app, chosen);
}

void PrintError(absl::string_view message) {
  std::string text;
  for (const absl::string_view line : absl::StrSplit(message, '\n')) {
    absl::StrAppend(&text, "gyrus: ", line, "\n");
  }
  std::cerr << text << std::flush;
}

int ExitWith(const absl::StatusOr<int>& code) {
  if (code.ok()) return *code;
  PrintError(code.status().message());
  return ExitCodeFor(code.status());
}

}  // namespace gyrus::cli
