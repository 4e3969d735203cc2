// gyrus show: shows the present state of one experiment.
#include <iostream>
#include <memory>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/view_json.h"
#include "cli/view_text.h"
#include "common/clock.h"
#include "common/status.h"
#include "core/report/curves.h"

namespace gyrus::cli {
namespace {

struct ShowOptions {
  ClientOptions client;
  bool plan = false;
  bool curves = false;
};

absl::StatusOr<int> Show(const ShowOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options.client));
  GYRUS_ASSIGN_OR_RETURN(const auto connection, Connection::Open(options.client, subject));
  CoordinatorClient& client = connection->client();
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(client, subject));
  if (options.curves) {
    GYRUS_ASSIGN_OR_RETURN(const v1::Curves curves, client.GetCurves(id));
    std::cout << (options.client.json ? CurvesToJson(curves) + "\n" : DescribeCurves(curves));
    return kExitSuccess;
  }
  GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view, client.Show(id, options.plan));
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
  AddExperimentArguments(*command, options->client);
  AddClientOptions(*command, environment, options->client);
  CLI::Option* const plan = command->add_flag("--plan", options->plan, "Show its plan as well");
  command
      ->add_flag("--curves", options->curves,
                 "Show the learning curves of its trials instead; the run folder's curves.tsv has "
                 "all numbers when it has ended")
      ->excludes(plan);
  command->footer("Example:\n  gyrus show runs/neonates-20260101-120000 --curves");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Show(*options)); }; });
}

}  // namespace gyrus::cli
