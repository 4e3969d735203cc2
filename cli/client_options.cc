#include "cli/client_options.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/command_line/number_option.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

// The coordinator removes the file with its address when it stops, so a run folder without
// the file has no coordinator.
absl::StatusOr<std::string> AddressIn(const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(const RunFolder run, RunFolder::Open(path));
  const auto address = ReadFile(CoordinatorAddressFile(run));
  if (!address.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no coordinator serves ", path,
                     " now; the table of a run that has ended is in ", run.result_file()));
  }
  return std::string(absl::StripAsciiWhitespace(*address));
}

absl::StatusOr<std::string> AddressOf(const ClientOptions& options) {
  if (!options.run_folder.empty()) return AddressIn(options.run_folder);
  if (!options.coordinator.empty()) return options.coordinator;
  return absl::InvalidArgumentError(
      "which coordinator? Give --coordinator HOST:PORT or --dir RUN, or set GYRUS_COORDINATOR");
}

}  // namespace

void AddClientOptions(CLI::App& command, const Environment& environment, ClientOptions& options) {
  options.coordinator = environment.coordinator;
  CLI::Option* const address =
      command
          .add_option("--coordinator", options.coordinator,
                      "Its address; default: the environment's GYRUS_COORDINATOR")
          ->type_name("HOST:PORT");
  command.add_option("--dir", options.run_folder, "The coordinator that serves this run folder")
      ->type_name("RUN")
      ->excludes(address);
  AddDurationOption(command, "--patience", options.timeouts.patience,
                    "How long to go on trying to reach the coordinator");
  AddDurationOption(command, "--reply-timeout", options.timeouts.reply,
                    "How long the coordinator may take for a reply");
  command.add_flag("--json", options.json, "Print one JSON object");
}

void AddExperimentArgument(CLI::App& command, ClientOptions& options) {
  command.add_option("ID", options.experiment,
                     "The experiment: its id or the beginning of it; may be left out when there "
                     "is only one");
}

std::string CoordinatorAddressFile(const RunFolder& run) {
  return absl::StrCat(run.coordinator_folder(), "/address");
}

absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(const ClientOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(std::string address, AddressOf(options));
  return std::make_unique<CoordinatorClient>(std::move(address), options.timeouts);
}

absl::StatusOr<std::string> PickExperiment(const v1::ListReply& list, absl::string_view wanted) {
  std::vector<std::string> meant;
  for (const v1::ExperimentView& view : list.experiments()) {
    if (view.id() == wanted) return view.id();
    if (absl::StartsWith(view.id(), wanted)) meant.push_back(view.id());
  }
  if (meant.size() == 1) return meant[0];
  if (meant.empty()) {
    return absl::NotFoundError(wanted.empty() ? "there is no experiment"
                                              : absl::StrCat("there is no experiment ", wanted,
                                                             "; `gyrus list` shows all"));
  }
  if (wanted.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("which experiment? There are ", meant.size(), "; `gyrus list` shows them"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(wanted, " may be any of ", absl::StrJoin(meant, ", ")));
}

absl::StatusOr<std::string> FindExperiment(CoordinatorClient& client, absl::string_view wanted) {
  GYRUS_ASSIGN_OR_RETURN(const v1::ListReply list, client.List());
  return PickExperiment(list, wanted);
}

}  // namespace gyrus::cli
