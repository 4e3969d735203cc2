// What the commands that ask a running coordinator have in common.
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
  std::string coordinator;  // HOST:PORT
  std::string run_folder;
  std::string experiment;  // Its id, the beginning of it, or empty.
  bool json = false;
};

// How long a command waits for a coordinator that is just coming up, or back.
inline constexpr absl::Duration kPatience = absl::Seconds(10);

// --coordinator, --dir and --json. `options` must outlive `command`.
void AddClientOptions(CLI::App& command, const Environment& environment, ClientOptions& options);
// [ID]
void AddExperimentArgument(CLI::App& command, ClientOptions& options);

// Where the coordinator of a run folder writes HOST:PORT.
std::string CoordinatorAddressFile(const RunFolder& run);

//  * INVALID_ARGUMENT: the options name no coordinator.
//  * NOT_FOUND, FAILED_PRECONDITION: no coordinator serves that run folder.
absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(
    const ClientOptions& options, absl::Duration patience = absl::ZeroDuration());

// The id that `wanted` means: the whole of it or a beginning that no other has;
// empty means the only experiment there is.
//  * NOT_FOUND, INVALID_ARGUMENT: it means none, or several.
absl::StatusOr<std::string> PickExperiment(const v1::ListReply& list, absl::string_view wanted);

// The same, of a coordinator's experiments.
absl::StatusOr<std::string> FindExperiment(CoordinatorClient& client, absl::string_view wanted);

}  // namespace gyrus::cli
