// gyrus results: prints the table of an experiment.
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "common/files.h"
#include "common/status.h"
#include "core/report/result_json.h"
#include "core/report/result_table.h"

namespace gyrus::cli {
namespace {

struct ResultsOptions {
  ClientOptions client;
  std::string out;
};

absl::StatusOr<int> Results(const ResultsOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options.client));
  GYRUS_ASSIGN_OR_RETURN(const auto connection, Connection::Open(options.client, subject));
  CoordinatorClient& client = connection->client();
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(client, subject));
  GYRUS_ASSIGN_OR_RETURN(const v1::Result result, client.GetResult(id));
  const std::string json = absl::StrCat(ResultToJson(result), "\n");
  if (!options.out.empty()) {
    GYRUS_RETURN_IF_ERROR(MakeFolders(options.out));
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(options.out, "/result.json"), json));
  }
  std::cout << (options.client.json ? json : ResultTable(result));
  return result.state() == v1::EXPERIMENT_STATE_VALID ? kExitSuccess : kExitIncomplete;
}

}  // namespace

void AddResults(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<ResultsOptions>();
  CLI::App* const command =
      app.add_subcommand("results", "Print an experiment's table, complete or not");
  AddExperimentArguments(*command, options->client);
  AddClientOptions(*command, environment, options->client);
  command->add_option("--out", options->out, "Write result.json into this folder as well")
      ->type_name("DIR");
  command->footer(
      "Example:\n  gyrus results runs/neonates-20260101-120000 --out report\n"
      "Ends with 0 only when every fold has a result.");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Results(*options)); }; });
}

}  // namespace gyrus::cli
