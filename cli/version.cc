// gyrus version: prints the version of Gyrus.
#include "common/version.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "cli/command.h"

namespace gyrus::cli {
namespace {

int Print(bool json) {
  const std::string protocol = absl::StrCat(kProtocolMajor, ".", kProtocolMinor);
  if (json) {
    std::cout << nlohmann::ordered_json({{"version", kVersion}, {"protocol", protocol}}) << "\n";
  } else {
    std::cout << "gyrus " << kVersion << ", protocol " << protocol << "\n";
  }
  return kExitSuccess;
}

}  // namespace

void AddVersion(CLI::App& app, Action& chosen) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* const command = app.add_subcommand("version", "Print which Gyrus this is");
  command->add_flag("--json", *json, "Print one JSON object");
  command->footer("Example:\n  gyrus version --json");
  command->callback([json, &chosen] { chosen = [json] { return Print(*json); }; });
}

}  // namespace gyrus::cli
