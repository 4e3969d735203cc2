// gyrus show: shows the present state of one experiment.
#include <iostream>
#include <memory>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/view_json.h"
#include "cli/view_text.h"
#include "common/clock.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

struct ShowOptions {
  ClientOptions client;
  bool plan = false;
};

absl::StatusOr<int> Show(const ShowOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const auto client, Connect(options.client));
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(*client, options.client.experiment));
  GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view, client->Show(id, options.plan));
  if (options.client.json) {
    std::cout << ViewToJson(view) << "\n";
  } else {
    std::cout << ViewText(view, SystemClock().Utc());
  }
  return kExitSuccess;
}

}  // namespace

void AddShow(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* const command = app.add_subcommand("show", "Show an experiment and its trials");
  AddExperimentArgument(*command, options->client);
  AddClientOptions(*command, environment, options->client);
  command->add_flag("--plan", options->plan, "Show its plan as well");
  command->footer("Example:\n  gyrus show --dir runs/neonates-20260101-120000 --plan");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Show(*options)); }; });
}

}  // namespace gyrus::cli
