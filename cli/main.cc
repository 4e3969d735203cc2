// gyrus: the command-line client. Each command has its own file; this one reads the
// environment and the command line, and runs the command.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "common/command_line/parse_line.h"
#include "common/process.h"
#include "common/rpc/protobuf_check.h"
#include "common/version.h"

namespace gyrus::cli {
namespace {

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The environment is read here and nowhere else; commands get it as an argument.
Environment ReadEnvironment(int argc, char** argv) {
  const std::string cache = Variable("XDG_CACHE_HOME");
  const std::string terminal = Variable("TERM");
  std::error_code error;
  const std::string home = Variable("HOME");
  const std::string caches = cache.empty() && !home.empty() ? home + "/.cache" : cache;
  return {.command_line = {argv, argv + argc},
          .coordinator = Variable("GYRUS_COORDINATOR"),
          .cache_folder = caches.empty() ? "" : absl::StrCat(caches, "/gyrus"),
          .temporary_folder = std::filesystem::temp_directory_path(error).string(),
          .program_folder = ProgramFolder(),
          .dumb_terminal = terminal.empty() || terminal == "dumb"};
}

int Main(int argc, char** argv) {
  if (const absl::Status status = CheckProtobuf(); !status.ok()) return ExitWith(status);
  const Environment environment = ReadEnvironment(argc, argv);
  CLI::App app("Trains 3D brain-MRI models across folds, and evaluates them.", "gyrus");
  app.set_version_flag("--version", absl::StrCat("gyrus ", kVersion));
  app.footer("Example:\n  gyrus plan age.yaml\n  gyrus run age.yaml --out runs/age");
  Action chosen;
  AddCommands(app, environment, chosen);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  return chosen();
}

}  // namespace
}  // namespace gyrus::cli

int main(int argc, char** argv) { return gyrus::cli::Main(argc, argv); }
