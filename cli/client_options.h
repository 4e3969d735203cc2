// The options of the commands that ask a coordinator (list, show, watch, results and
// others), and how they find the coordinator and the experiment that is meant.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cli/command.h"
#include "cli/coordinator_client.h"
#include "common/run_folder.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

struct ClientOptions {
  std::string coordinator;  // HOST:PORT; may be empty.
  std::string run_folder;   // May be empty.
  // The words after the command: a run folder, an experiment, or both in this order.
  std::string first_word;
  std::string second_word;
  std::string program_folder;
  ClientTimeouts timeouts;
  bool json = false;
};

// The default of --patience for commands that hand over or follow an experiment: a
// coordinator may be just starting, or starting again.
inline constexpr absl::Duration kDefaultPatience = absl::Seconds(10);

// Adds --coordinator, --dir, --json, --patience and --reply-timeout. `options` holds
// the defaults of the time-outs, and must outlive `command`.
void AddClientOptions(CLI::App& command, const Environment& environment, ClientOptions& options);
// Adds the arguments [RUN] [ID]. `options` must outlive `command`.
void AddExperimentArguments(CLI::App& command, ClientOptions& options);
// Adds the argument [RUN] alone.
void AddRunArgument(CLI::App& command, ClientOptions& options);

// What a command was asked about.
struct Subject {
  std::string run_folder;  // Empty: a coordinator is given by its address.
  std::string experiment;  // The id, the beginning of it, or empty.
};

// Which of the words names a run folder and which an experiment. Where neither a folder
// nor a coordinator is given, and the current folder is in a run folder, it is that one.
//  * NOT_FOUND, FAILED_PRECONDITION: the folder is no run folder.
absl::StatusOr<Subject> SubjectOf(const ClientOptions& options);

// The file in which the coordinator of a run folder writes its address, HOST:PORT.
std::string CoordinatorAddressFile(const RunFolder& run);

// A client of the coordinator that serves the subject. It has not connected yet.
//  * INVALID_ARGUMENT: the options name no coordinator.
//  * NOT_FOUND: there is no such run folder.
//  * FAILED_PRECONDITION: no coordinator serves the run folder.
absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(const ClientOptions& options,
                                                           const Subject& subject);

// The id of the experiment that `wanted` names: by the whole id, or by a beginning
// that no other id has. An empty `wanted` names the only experiment that exists.
//  * NOT_FOUND: there is no such experiment.
//  * INVALID_ARGUMENT: several experiments could be meant.
absl::StatusOr<std::string> PickExperiment(const v1::ListReply& list, absl::string_view wanted);

// Asks the coordinator for its experiments, and picks one of them likewise. In a folder of
// `gyrus run`, the newest is meant where none is named: others there were refused, or are
// the same experiment before its data were mended.
absl::StatusOr<std::string> FindExperiment(CoordinatorClient& client, const Subject& subject);

}  // namespace gyrus::cli
