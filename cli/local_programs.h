// The programs of one run, on this machine.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "cli/coordinator_client.h"
#include "common/process.h"
#include "common/run_folder.h"

namespace gyrus::cli {

struct LocalProgramsOptions {
  std::string program_folder;
  std::string cache_folder;
  std::vector<std::string> data_roots;
  int workers = 0;
  uint32_t slots_per_worker = 1;
  uint32_t threads_per_slot = 1;
  // Told of a worker that was started again, from a thread of Conduct.
  std::function<void(absl::string_view)> warn;
};

// A coordinator, a data loader and workers as children of this process, on
// loopback and free ports; they end when it does, however it does. Their logs
// are in the run folder.
//
// BlockShutdownSignals() comes first: while this object waits, it takes the
// signals. The first ends the wait with CANCELLED; another, while the children
// are given time to end, kills them.
//
// Thread-compatible.
class LocalPrograms {
 public:
  // Returns once the coordinator serves.
  //  * CANCELLED: a signal came.
  //  * FAILED_PRECONDITION: the folder is in use by another run.
  //  * DEADLINE_EXCEEDED, or as in Conduct: a program did not come up.
  static absl::StatusOr<std::unique_ptr<LocalPrograms>> Start(RunFolder run,
                                                              LocalProgramsOptions options);
  // Asks all to end, waits a while, kills and reaps.
  ~LocalPrograms();
  LocalPrograms(const LocalPrograms&) = delete;
  LocalPrograms& operator=(const LocalPrograms&) = delete;

  // Calls `work` while it sees to the programs: a worker that ends is started
  // again, a few times. Returns the status of `work`, or, after it has abandoned
  // the client:
  //  * CANCELLED: a signal came.
  //  * what the exit code of a program says (docs/cli.md), with its last error.
  absl::Status Conduct(absl::FunctionRef<absl::Status(CoordinatorClient&)> work);

 private:
  struct Program;

  LocalPrograms(RunFolder run, LocalProgramsOptions options);
  absl::Status StartAll();
  std::vector<std::string> CoordinatorArguments() const;
  std::vector<std::string> LoaderArguments() const;
  std::vector<std::string> WorkerArguments(int number) const;
  absl::StatusOr<Program> StartProgram(const std::string& name,
                                       std::vector<std::string> arguments) const;
  // Waits until a program has written `file`.
  absl::Status Await(const std::string& file);
  absl::Status Guard(const absl::Notification& done);
  absl::Status CheckServices();
  absl::Status CheckWorkers();
  // What is said of a program that has ended, which is reaped.
  static absl::Status HowItEnded(Program& program);
  void End(std::vector<Program>& programs);

  const RunFolder run_;
  const LocalProgramsOptions options_;
  const std::string loader_address_file_;
  std::vector<Program> services_;  // The coordinator, the loader.
  std::vector<Program> workers_;
  std::string coordinator_address_;
  bool force_stop_ = false;  // A second signal came.
};

}  // namespace gyrus::cli
