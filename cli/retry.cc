// gyrus retry: opens trials that have failed.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/view_json.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

struct RetryOptions {
  ClientOptions client;
  std::vector<std::string> trials;
};

absl::StatusOr<int> RetryTrials(const RetryOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const auto client, Connect(options.client));
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(*client, options.client.experiment));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> opened, client->Retry(id, options.trials));
  if (options.client.json) {
    GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view, client->Show(id, /*with_plan=*/false));
    std::cout << ViewToJson(view) << "\n";
    return kExitSuccess;
  }
  if (opened.empty()) std::cout << "nothing to retry: no such trial of " << id << " has failed\n";
  for (const std::string& trial : opened) std::cout << "opened " << trial << "\n";
  return kExitSuccess;
}

}  // namespace

void AddRetry(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<RetryOptions>();
  CLI::App* const command =
      app.add_subcommand("retry", "Try trials again that have failed; what is done stays");
  AddExperimentArgument(*command, options->client);
  command->add_option("trials", options->trials,
                      "The trials, as `gyrus show` names them; default: all that have failed");
  AddClientOptions(*command, environment, options->client);
  command->footer(
      "Trials that depend on a failed one, and those that it depends on, are opened with it.\n"
      "Example:\n  gyrus retry k3v T1w/train/r0/f2/s1 --coordinator 127.0.0.1:7070");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(RetryTrials(*options)); }; });
}

}  // namespace gyrus::cli
