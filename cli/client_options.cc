#include "cli/client_options.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
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
  // A coordinator that was killed leaves its address, but not its lock.
  if (!address.ok() || !FolderLock::IsTaken(run.lock_file())) {
    return absl::FailedPreconditionError(absl::StrCat("no coordinator serves ", path, " now"));
  }
  return std::string(absl::StripAsciiWhitespace(*address));
}

absl::StatusOr<std::string> AddressOf(const ClientOptions& options, const Subject& subject) {
  if (!subject.run_folder.empty()) return AddressIn(subject.run_folder);
  if (!options.coordinator.empty()) return options.coordinator;
  return absl::InvalidArgumentError(
      "of which run? Name its folder, or give --coordinator HOST:PORT or set GYRUS_COORDINATOR");
}

// The run folder that the current folder is, or is in; empty if there is none.
std::string EnclosingRunFolder() {
  std::error_code error;
  const std::filesystem::path current = std::filesystem::current_path(error);
  if (error) return "";
  for (std::filesystem::path folder = current;; folder = folder.parent_path()) {
    if (RunFolder::IsRunFolder(folder.string())) {
      return folder == current ? "." : folder.lexically_relative(current).string();
    }
    if (!folder.has_relative_path()) return "";
  }
}

// Ids are letters and digits alone.
bool MayBeId(absl::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

bool NamesFolder(const std::string& word) {
  std::error_code error;
  return std::filesystem::is_directory(word, error) || !MayBeId(word);
}

}  // namespace

void AddClientOptions(CLI::App& command, const Environment& environment, ClientOptions& options) {
  options.coordinator = environment.coordinator;
  options.program_folder = environment.program_folder;
  CLI::Option* const address =
      command
          .add_option("--coordinator", options.coordinator,
                      "Its address; default: the environment's GYRUS_COORDINATOR")
          ->type_name("HOST:PORT");
  command.add_option("--dir", options.run_folder, "A run folder, as RUN")
      ->type_name("RUN")
      ->excludes(address);
  AddDurationOption(command, "--patience", options.timeouts.patience,
                    "How long to go on trying to reach the coordinator");
  AddDurationOption(command, "--reply-timeout", options.timeouts.reply,
                    "How long the coordinator may take for a reply");
  command.add_flag("--json", options.json, "Print one JSON object");
}

void AddRunArgument(CLI::App& command, ClientOptions& options) {
  command.add_option("RUN", options.first_word,
                     "A run folder, whether or not a coordinator serves it; may be left out inside "
                     "of it, and where a coordinator is given");
}

void AddExperimentArguments(CLI::App& command, ClientOptions& options) {
  AddRunArgument(command, options);
  command.add_option("ID", options.second_word,
                     "The experiment: its id or the beginning of it; may be left out when there "
                     "is only one");
}

absl::StatusOr<Subject> SubjectOf(const ClientOptions& options) {
  Subject subject{.run_folder = options.run_folder, .experiment = options.second_word};
  if (!options.first_word.empty()) {
    const bool is_folder = !options.second_word.empty() || NamesFolder(options.first_word);
    if (is_folder && !options.run_folder.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("which run folder, ", options.first_word,
                                                     " or --dir ", options.run_folder, "?"));
    }
    (is_folder ? subject.run_folder : subject.experiment) = options.first_word;
  }
  if (subject.run_folder.empty() && options.coordinator.empty()) {
    subject.run_folder = EnclosingRunFolder();
  }
  if (!subject.run_folder.empty()) {
    GYRUS_RETURN_IF_ERROR(RunFolder::Open(subject.run_folder).status());
  }
  return subject;
}

std::string CoordinatorAddressFile(const RunFolder& run) {
  return absl::StrCat(run.coordinator_folder(), "/address");
}

absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(const ClientOptions& options,
                                                           const Subject& subject) {
  GYRUS_ASSIGN_OR_RETURN(std::string address, AddressOf(options, subject));
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

absl::StatusOr<std::string> FindExperiment(CoordinatorClient& client, const Subject& subject) {
  GYRUS_ASSIGN_OR_RETURN(const v1::ListReply list, client.List());
  if (subject.experiment.empty() && !subject.run_folder.empty() && !list.experiments().empty()) {
    GYRUS_ASSIGN_OR_RETURN(const RunFolder run, RunFolder::Open(subject.run_folder));
    std::error_code error;
    if (std::filesystem::exists(run.effective_file(), error)) return list.experiments(0).id();
  }
  return PickExperiment(list, subject.experiment);
}

}  // namespace gyrus::cli
