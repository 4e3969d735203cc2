// How the commands that only read reach what they read: a coordinator that runs, or the
// folder of a run that has ended or was stopped.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "cli/client_options.h"
#include "cli/coordinator_client.h"
#include "common/process.h"

namespace gyrus::cli {

// A client, and where needed the program that answers it. For a folder that no coordinator
// serves, `gyrus-coordinator read` is started: it answers the same questions, changes
// nothing, and ends with this object. Thread-compatible.
class Connection {
 public:
  // `subject` is what SubjectOf() found.
  //  * INVALID_ARGUMENT: neither a coordinator nor a run folder is named.
  //  * UNAVAILABLE: the program cannot be started.
  //  * The errors of reading the folder: NOT_FOUND, DATA_LOSS, FAILED_PRECONDITION.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ClientOptions& options,
                                                          const Subject& subject);
  // Reads the folder, in which no coordinator runs.
  static absl::StatusOr<std::unique_ptr<Connection>> Read(const std::string& run_folder,
                                                          const std::string& program_folder,
                                                          const ClientTimeouts& timeouts);

  CoordinatorClient& client() { return *client_; }
  // True: no coordinator serves the run, so that nothing will change.
  bool is_recorded() const { return reader_.has_value(); }

 private:
  Connection(std::optional<Child> reader, std::unique_ptr<CoordinatorClient> client)
      : reader_(std::move(reader)), client_(std::move(client)) {}

  std::optional<Child> reader_;
  std::unique_ptr<CoordinatorClient> client_;
};

}  // namespace gyrus::cli
