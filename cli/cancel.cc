// gyrus cancel: stops an experiment.
#include <iostream>
#include <memory>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/view_json.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

absl::StatusOr<int> Cancel(const ClientOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options));
  GYRUS_ASSIGN_OR_RETURN(const auto client, Connect(options, subject));
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(*client, subject));
  GYRUS_RETURN_IF_ERROR(client->Cancel(id));
  if (options.json) {
    GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view, client->Show(id, /*with_plan=*/false));
    std::cout << ViewToJson(view) << "\n";
  } else {
    std::cout << "cancelled " << id << "\n";
  }
  return kExitSuccess;
}

}  // namespace

void AddCancel(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<ClientOptions>();
  CLI::App* const command = app.add_subcommand(
      "cancel", "Stop the running trials of an experiment; finished ones keep their results");
  AddExperimentArguments(*command, *options);
  AddClientOptions(*command, environment, *options);
  command->footer("Example:\n  gyrus cancel k3v --coordinator 127.0.0.1:7070");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Cancel(*options)); }; });
}

}  // namespace gyrus::cli
