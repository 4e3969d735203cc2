// gyrus watch: follows an experiment until it ends.
#include <cstdio>
#include <iostream>
#include <memory>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/view_facts.h"
#include "cli/view_json.h"
#include "cli/view_printer.h"
#include "cli/view_text.h"
#include "common/clock.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

absl::StatusOr<int> Watch(const ClientOptions& options, const Environment& environment) {
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options));
  GYRUS_ASSIGN_OR_RETURN(const auto connection, Connection::Open(options, subject));
  CoordinatorClient& client = connection->client();
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(client, subject));
  v1::ExperimentView last;
  if (connection->is_recorded()) {
    // Nothing will change, so there is nothing to wait for.
    GYRUS_ASSIGN_OR_RETURN(last, client.Show(id, /*with_plan=*/false));
    if (!options.json) std::cout << ViewText(last, SystemClock().Utc());
  } else {
    ViewPrinter printer(ProgressStream(options.json), ShowsLive(options.json, environment));
    GYRUS_ASSIGN_OR_RETURN(last, client.Watch(id, [&](const v1::ExperimentView& view) {
      printer.Show(view);
      return true;
    }));
  }
  if (!last.reasons().empty()) PrintError(DescribeAll(last.reasons()));
  if (options.json) std::cout << ViewToJson(last) << "\n";
  return ExitCodeOf(last);
}

}  // namespace

void AddWatch(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<ClientOptions>();
  CLI::App* const command = app.add_subcommand("watch", "Follow an experiment until it ends");
  AddExperimentArguments(*command, *options);
  options->timeouts.patience = kDefaultPatience;
  AddClientOptions(*command, environment, *options);
  command->footer("Example:\n  gyrus watch runs/neonates-20260101-120000");
  command->callback([options, environment, &chosen] {
    chosen = [options, environment] { return ExitWith(Watch(*options, environment)); };
  });
}

}  // namespace gyrus::cli
