// Starts child processes, and handles the signals by which a program is asked to end.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/files.h"

namespace gyrus {

struct ChildOptions {
  std::vector<std::string> arguments;  // The first is the path of the program.
  // Names and values that are added to the environment of this process.
  std::vector<std::pair<std::string, std::string>> environment;
  // The file that the child's standard output and error are appended to. Empty: the
  // child has those of this process.
  std::string log_file;
  // If set, receives the reading end of a pipe from the child's standard output, which
  // then does not go to the log.
  UniqueFd* output = nullptr;
};

// How a child ended, in words: "exited with 3", "killed by signal 9 (Killed)".
std::string DescribeExit(int wait_status);

// A child process. Its standard input is a pipe whose other end only this process
// holds: when this process ends, however it ends, the child reads end-of-file, and
// EndWithParent() in the child turns that into SIGTERM. Thread-compatible.
class Child {
 public:
  // NOT_FOUND: there is no such program. Other codes of absl::ErrnoToStatus: it cannot
  // be started.
  static absl::StatusOr<Child> Start(ChildOptions options);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  // Kills the process if it still runs, and reaps it.
  ~Child();

  pid_t pid() const { return pid_; }
  // Sends a signal. Does nothing once the child has been reaped.
  void Signal(int signal) const;
  // Waits for the end of the process, reaps it, and returns its wait status (see
  // waitpid). May be called once.
  int Wait();
  // Waits for the end and returns the wait status, but does not reap: as long as the
  // process number is taken, Signal() from another thread cannot reach another process
  // that was given the same number.
  int AwaitEnd() const;
  // Asks the child to end, in the way that the end of this process would.
  void CloseParentPipe() { parent_pipe_ = UniqueFd(); }
  // True once the child has ended. Wait() must still reap it.
  bool HasEnded() const;

 private:
  Child() = default;
  pid_t pid_ = -1;
  UniqueFd parent_pipe_;
};

// Blocks SIGINT and SIGTERM in this thread and all that it starts, and ignores SIGPIPE.
// Must be called first in main; WaitForShutdown() then receives the signals.
void BlockShutdownSignals();
// Waits for SIGINT or SIGTERM, and returns it.
int WaitForShutdown();
// The same, but returns 0 when `timeout` has passed.
int WaitForShutdown(absl::Duration timeout);
// Asks this program to end, like a SIGTERM from outside.
void RequestShutdown();
// From now on, end-of-file on standard input has the effect of RequestShutdown().
void EndWithParent();

// The folder that the file of the running program is in; empty if it is unknown.
std::string ProgramFolder();

}  // namespace gyrus
