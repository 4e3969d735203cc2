// Children of this program, and the signals that end it.
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
  std::vector<std::string> arguments;  // [0] is the program's path.
  // Added to this process' environment.
  std::vector<std::pair<std::string, std::string>> environment;
  // Appended to by the child's standard output and error; empty: inherited.
  std::string log_file;
  // Connected to the child's standard output, which then is not logged.
  UniqueFd* output = nullptr;
};

// How a child ended, in words: "exited with 3", "killed by signal 9 (Killed)".
std::string DescribeExit(int wait_status);

// A running program. Its standard input is a pipe that only this process holds:
// when this process ends, however it ends, the child reads end-of-file, which
// EndWithParent() turns into SIGTERM. Thread-compatible.
class Child {
 public:
  // NOT_FOUND: there is no such program.
  static absl::StatusOr<Child> Start(ChildOptions options);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  // Kills and reaps what still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  // Does nothing once the child was reaped.
  void Signal(int signal) const;
  // Waits for the end and reaps; the wait status. Call from one thread, once.
  int Wait();
  // Waits for the end; the wait status. It stays to be reaped, so that Signal of
  // another thread reaches no other process that got its number.
  int AwaitEnd() const;
  // Asks the child to end, as the end of this process would.
  void CloseParentPipe() { parent_pipe_ = UniqueFd(); }
  // True once the child has ended; it stays to be reaped by Wait().
  bool HasEnded() const;

 private:
  Child() = default;
  pid_t pid_ = -1;
  UniqueFd parent_pipe_;
};

// Blocks SIGINT and SIGTERM in this and all later threads, and ignores SIGPIPE.
// Call first in main, then wait in WaitForShutdown.
void BlockShutdownSignals();
// Returns the signal that asks this program to end.
int WaitForShutdown();
// The same, but gives up after `timeout`: 0.
int WaitForShutdown(absl::Duration timeout);
// Asks this program to end, as SIGTERM from outside would.
void RequestShutdown();
// From now on end-of-file on standard input is RequestShutdown().
void EndWithParent();

// The folder of the running program's file.
std::string ProgramFolder();

}  // namespace gyrus
