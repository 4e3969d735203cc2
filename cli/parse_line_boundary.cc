#include "cli/exit_code.h"
#include "cli/parse_line.h"

namespace gyrus::cli {

std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // Prints; its own codes are not ours.
    return app.exit(error) == 0 ? kExitValid : kExitUsage;
  }
}

}  // namespace gyrus::cli
