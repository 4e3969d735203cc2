#include "cli/exec_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gyrus::cli {
namespace {

// Returns only when the program could not be started.
int ExecProgram(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  PrintError(absl::StrCat("starting ", pointers[0], ": ", std::strerror(errno)));
  return kExitUnavailable;
}

}  // namespace

void AddProgram(CLI::App& app, const std::string& name, const std::string& description,
                const std::string& program, std::vector<std::string> first, Action& chosen) {
  CLI::App* const command = app.add_subcommand(name, description);
  command->set_help_flag();
  command->prefix_command();
  first.insert(first.begin(), program);
  command->callback([command, first = std::move(first), &chosen] {
    chosen = [command, arguments = first]() mutable {
      const std::vector<std::string> rest = command->remaining();
      arguments.insert(arguments.end(), rest.begin(), rest.end());
      return ExecProgram(std::move(arguments));
    };
  });
}

}  // namespace gyrus::cli
