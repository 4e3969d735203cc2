// gyrus submit: gives an experiment to a coordinator.
#include <cstdio>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/experiment_file.h"
#include "cli/view_facts.h"
#include "cli/view_json.h"
#include "cli/view_printer.h"
#include "common/random_id.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

struct SubmitOptions {
  ClientOptions client;
  ExperimentSource source;
  std::string request_id;
  bool detach = false;
};

// Waits until the experiment is no longer being admitted, and returns that view.
absl::StatusOr<v1::ExperimentView> AwaitPlan(CoordinatorClient& client, const std::string& id) {
  ViewPrinter printer(stderr, /*redraw=*/false);
  return client.Watch(id, [&](const v1::ExperimentView& view) {
    printer.Show(view);
    return view.state() == v1::EXPERIMENT_STATE_ADMITTING;
  });
}

// Without --detach the command waits for the plan, because most mistakes in an experiment
// are found there.
absl::StatusOr<int> Submit(const SubmitOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const ExperimentFile experiment, LoadExperiment(options.source));
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options.client));
  GYRUS_ASSIGN_OR_RETURN(const auto client, Connect(options.client, subject));
  v1::SubmitRequest request;
  request.set_request_id(options.request_id.empty() ? absl::StrCat(RandomId(), RandomId())
                                                    : options.request_id);
  *request.mutable_spec() = experiment.spec;
  GYRUS_RETURN_IF_ERROR(UploadWeights(*client, experiment.weights));
  GYRUS_ASSIGN_OR_RETURN(const std::string id, client->Submit(request));
  GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view,
                         options.detach ? client->Show(id, false) : AwaitPlan(*client, id));
  const bool refused = !options.detach && view.state() == v1::EXPERIMENT_STATE_INVALID;
  if (options.client.json) {
    std::cout << ViewToJson(view) << "\n";
  } else if (!refused) {
    std::cout << id << "\n";
  }
  if (!refused) return kExitSuccess;
  PrintError(DescribeAll(view.reasons()));
  return ExitCodeOf(view);
}

}  // namespace

void AddSubmit(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<SubmitOptions>();
  CLI::App* const command =
      app.add_subcommand("submit", "Give an experiment to a coordinator; prints its id");
  AddExperimentSource(*command, options->source);
  options->client.timeouts.patience = kDefaultPatience;
  AddClientOptions(*command, environment, options->client);
  command->add_flag("--detach", options->detach, "Do not wait until it is planned");
  command
      ->add_option("--request-id", options->request_id,
                   "The id of an earlier submission, to repeat it without a second experiment")
      ->type_name("TEXT");
  command->footer(
      "Example:\n"
      "  gyrus submit neonates.yaml --set train.epochs=20 --coordinator 127.0.0.1:7070");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Submit(*options)); }; });
}

}  // namespace gyrus::cli
