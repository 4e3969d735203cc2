// gyrus phantom: the data loader's command of that name, which alone links what
// writes volumes.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"

namespace gyrus::cli {
namespace {

// Returns only when the program could not be started.
int Become(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program, "phantom"});
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(program.c_str(), pointers.data());
  PrintError(absl::StrCat("starting ", program, ": ", std::strerror(errno)));
  return kExitUnavailable;
}

}  // namespace

void AddPhantom(CLI::App& app, const Environment& environment, Action& chosen) {
  CLI::App* const command =
      app.add_subcommand("phantom", "Write a synthetic cohort; all options are the data loader's");
  // All that follows, --help too, is for the other program.
  command->set_help_flag();
  command->prefix_command();
  const std::string program = absl::StrCat(environment.program_folder, "/gyrus-dataloader");
  command->callback([command, program, &chosen] {
    chosen = [command, program] { return Become(program, command->remaining()); };
  });
}

}  // namespace gyrus::cli
