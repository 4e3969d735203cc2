#include <cstdio>

#include "common/command_line/parse_line.h"
#include "common/exit_code.h"

namespace gyrus {

std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // CLI11 would say that a subcommand is missing, but not which word it does not know.
    if (const auto unknown = app.remaining();
        error.get_name() == "RequiredError" && app.get_subcommands().empty() && !unknown.empty()) {
      const char* const name = app.get_name().c_str();
      std::fprintf(stderr, "%s: no command is called %s; %s --help lists them\n", name,
                   unknown[0].c_str(), name);
      return kExitUsage;
    }
    // Prints the message. The exit codes of CLI11 are not those of Gyrus.
    return app.exit(error) == 0 ? kExitSuccess : kExitUsage;
  }
}

}  // namespace gyrus
