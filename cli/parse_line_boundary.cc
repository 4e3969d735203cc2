#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parse_line.h"

namespace gyrus::cli {

std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // CLI11 says that a subcommand is missing, not which one it does not know.
    if (const auto unknown = app.remaining();
        error.get_name() == "RequiredError" && app.get_subcommands().empty() && !unknown.empty()) {
      PrintError(absl::StrCat("no command is called ", unknown[0], "; gyrus --help lists them"));
      return kExitUsage;
    }
    // Prints; its own codes are not ours.
    return app.exit(error) == 0 ? kExitValid : kExitUsage;
  }
}

}  // namespace gyrus::cli
