#include <cstdio>

#include "common/command_line/parse_line.h"

namespace gyrus {
namespace {

constexpr int kUsage = 2;

}  // namespace

std::optional<int> ParseLine(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // CLI11 says that a subcommand is missing, not which one it does not know.
    if (const auto unknown = app.remaining();
        error.get_name() == "RequiredError" && app.get_subcommands().empty() && !unknown.empty()) {
      const char* const name = app.get_name().c_str();
      std::fprintf(stderr, "%s: no command is called %s; %s --help lists them\n", name,
                   unknown[0].c_str(), name);
      return kUsage;
    }
    // Prints; its own codes are not ours.
    return app.exit(error) == 0 ? 0 : kUsage;
  }
}

}  // namespace gyrus
