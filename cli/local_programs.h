// Starts the programs of one run on this machine, watches over them, and ends them.
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
#include "absl/time/time.h"
#include "cli/coordinator_client.h"
#include "common/process.h"
#include "common/run_folder.h"

namespace gyrus::cli {

struct LocalTimeouts {
  // How long a program may take until it has written the file that the next one
  // waits for. Option: --start-timeout.
  absl::Duration start = absl::Seconds(30);
  // How long the programs may take to end before they are killed, and how long to
  // wait for those of an earlier run in the folder. Option: --stop-timeout.
  absl::Duration stop = absl::Seconds(5);
  // How long a call goes on trying to reach the coordinator of the run.
  absl::Duration patience = absl::Seconds(10);
  // How long to go on while a full disk, or something like it, holds every trial.
  // Option: --hold-timeout.
  absl::Duration hold = absl::Minutes(1);
};

struct LocalProgramsOptions {
  std::string program_folder;
  std::string cache_folder;
  std::vector<std::string> data_roots;
  int workers = 0;
  uint32_t slots_per_worker = 1;
  uint32_t threads_per_slot = 1;
  // How often one worker that ended is started again before the run ends.
  int max_worker_restarts = 3;
  LocalTimeouts timeouts;
  // Called with a sentence when a worker is started again, from another thread than
  // the one that calls Supervise(). May be empty.
  std::function<void(absl::string_view)> warn;
  // Called again and again while Supervise() works, from the same thread as `warn`; its
  // error ends the work. May be empty.
  std::function<absl::Status()> check;
};

// A coordinator, a data loader and workers as child processes of this one, on
// loopback and free ports. They end when this process ends, however it ends. Their
// logs are in the run folder.
//
// BlockShutdownSignals() must have been called: while this object waits, it takes
// the signals. The first one ends the wait with CANCELLED; a second one, while the
// programs are given time to end, kills them.
//
// Thread-compatible.
class LocalPrograms {
 public:
  // Returns once the coordinator serves.
  //  * CANCELLED: a signal came.
  //  * FAILED_PRECONDITION: the folder is in use by another run.
  //  * DEADLINE_EXCEEDED: a program did not start in time; the message names the
  //    option and the log.
  //  * UNAVAILABLE: a program cannot be started.
  //  * When a program ended at once, as for Supervise().
  static absl::StatusOr<std::unique_ptr<LocalPrograms>> Start(RunFolder run,
                                                              LocalProgramsOptions options);
  // Asks all programs to end, waits a while, kills those that still run, and reaps
  // all of them.
  ~LocalPrograms();
  LocalPrograms(const LocalPrograms&) = delete;
  LocalPrograms& operator=(const LocalPrograms&) = delete;

  // Calls `work` with a client of the coordinator, and meanwhile starts a worker that
  // has ended again, a few times. Returns the status of `work`; or, after it has
  // abandoned the client:
  //  * CANCELLED: a signal came.
  //  * The error of LocalProgramsOptions::check.
  //  * When a program has ended, the code that its exit code stands for
  //    (StatusCodeFor), with the last error of its log.
  absl::Status Supervise(absl::FunctionRef<absl::Status(CoordinatorClient&)> work);

 private:
  struct Program;

  LocalPrograms(RunFolder run, LocalProgramsOptions options);
  absl::Status StartAll();
  std::vector<std::string> CoordinatorArguments() const;
  std::vector<std::string> LoaderArguments() const;
  std::vector<std::string> WorkerArguments(int number) const;
  absl::StatusOr<Program> StartProgram(const std::string& name,
                                       std::vector<std::string> arguments) const;
  // Waits until the program that was started last has written `file`.
  absl::Status AwaitFile(const std::string& file);
  // Checks the programs again and again until `done`, or until one has ended for
  // good or a signal came.
  absl::Status WatchUntil(const absl::Notification& done);
  absl::Status CheckServices();
  absl::Status CheckWorkers();
  // Reaps a program that has ended, and says how it ended.
  static absl::Status StatusOfEnded(Program& program);
  void End(std::vector<Program>& programs);

  const RunFolder run_;
  const LocalProgramsOptions options_;
  const std::string loader_address_file_;
  std::vector<Program> services_;  // The coordinator, then the loader.
  std::vector<Program> workers_;
  std::string coordinator_address_;
  bool force_stop_ = false;  // A second signal came.
};

}  // namespace gyrus::cli
