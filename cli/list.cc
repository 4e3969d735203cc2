// gyrus list: lists the experiments of a coordinator.
#include <iostream>
#include <memory>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/view_json.h"
#include "cli/view_text.h"
#include "common/clock.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

absl::StatusOr<int> List(const ClientOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options));
  GYRUS_ASSIGN_OR_RETURN(const auto connection, Connection::Open(options, subject));
  GYRUS_ASSIGN_OR_RETURN(const v1::ListReply list, connection->client().List());
  if (options.json) {
    std::cout << ListToJson(list) << "\n";
  } else {
    std::cout << ListText(list, SystemClock().Utc());
  }
  return kExitSuccess;
}

}  // namespace

void AddList(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<ClientOptions>();
  CLI::App* const command = app.add_subcommand(
      "list", "List the experiments of a coordinator or a run folder, the newest first");
  AddRunArgument(*command, *options);
  AddClientOptions(*command, environment, *options);
  command->footer("Example:\n  gyrus list --coordinator 127.0.0.1:7070");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(List(*options)); }; });
}

}  // namespace gyrus::cli
