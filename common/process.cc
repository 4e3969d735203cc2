#include "common/process.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status.h"

namespace gyrus {
namespace {

sigset_t ShutdownSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// Variables of the options replace those that this process has.
std::vector<std::string> MergedEnvironment(const ChildOptions& options) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view text(*entry);
    bool replaced = false;
    for (const auto& [name, value] : options.environment) {
      replaced |= text.substr(0, text.find('=')) == name;
    }
    if (!replaced) merged.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) {
    merged.push_back(absl::StrCat(name, "=", value));
  }
  return merged;
}

// The result points into `strings`, which must outlive it and stay unchanged.
std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The steps that posix_spawn takes in the child before the program starts.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // The child starts with no signal blocked, in a process group of its own, so
    // that a terminal's Ctrl-C reaches only the parent, which decides.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t* actions() { return &actions_; }
  posix_spawnattr_t* attributes() { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// O_CLOEXEC keeps the pipe from leaking into child processes that other threads start at
// the same time.
absl::Status MakePipe(UniqueFd& read_end, UniqueFd& write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "making a pipe");
  read_end = UniqueFd(ends[0]);
  write_end = UniqueFd(ends[1]);
  return absl::OkStatus();
}

}  // namespace

std::string DescribeExit(int wait_status) {
  if (WIFEXITED(wait_status)) return absl::StrCat("exited with ", WEXITSTATUS(wait_status));
  const int signal = WTERMSIG(wait_status);
  return absl::StrCat("killed by signal ", signal, " (", strsignal(signal), ")");
}

absl::StatusOr<Child> Child::Start(ChildOptions options) {
  const std::string program = options.arguments.at(0);
  const std::string doing = absl::StrCat("starting ", program);
  Child child;
  UniqueFd input;
  GYRUS_RETURN_IF_ERROR(MakePipe(input, child.parent_pipe_));
  UniqueFd output_write;
  SpawnPlan plan;
  // The child's standard input is a pipe from this process. It reaches its end when this
  // process dies in any way, and the child then ends too (--end-with-parent).
  posix_spawn_file_actions_adddup2(plan.actions(), input.get(), STDIN_FILENO);
  if (!options.log_file.empty()) {
    posix_spawn_file_actions_addopen(plan.actions(), STDERR_FILENO, options.log_file.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(plan.actions(), STDERR_FILENO, STDOUT_FILENO);
  }
  if (options.output != nullptr) {
    GYRUS_RETURN_IF_ERROR(MakePipe(*options.output, output_write));
    posix_spawn_file_actions_adddup2(plan.actions(), output_write.get(), STDOUT_FILENO);
  }
  std::vector<std::string> environment = MergedEnvironment(options);
  const int error = posix_spawn(&child.pid_, program.c_str(), plan.actions(), plan.attributes(),
                                Pointers(options.arguments).data(), Pointers(environment).data());
  if (error != 0) {
    child.pid_ = -1;
    return absl::ErrnoToStatus(error, doing);
  }
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), parent_pipe_(std::move(other.parent_pipe_)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(parent_pipe_, other.parent_pipe_);
  return *this;
}

Child::~Child() {
  if (pid_ < 0) return;
  Signal(SIGKILL);
  Wait();
}

void Child::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

int Child::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

int Child::AwaitEnd() const {
  siginfo_t info = {};
  while (waitid(P_PID, pid_, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  // waitid reports in another form than waitpid, whose wait status has the exit code in
  // the second byte, or the signal in the first.
  if (info.si_code == CLD_EXITED) return info.si_status << 8;
  return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

bool Child::HasEnded() const {
  siginfo_t info = {};
  return waitid(P_PID, pid_, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

void BlockShutdownSignals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t set = ShutdownSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int WaitForShutdown() {
  const sigset_t set = ShutdownSignals();
  int signal = 0;
  sigwait(&set, &signal);
  return signal;
}

int WaitForShutdown(absl::Duration timeout) {
  const sigset_t set = ShutdownSignals();
  const timespec limit = absl::ToTimespec(timeout);
  const int signal = sigtimedwait(&set, nullptr, &limit);
  return signal < 0 ? 0 : signal;
}

void RequestShutdown() { kill(getpid(), SIGTERM); }

void EndWithParent() {
  std::thread([] {
    char byte;
    while (true) {
      const ssize_t got = read(STDIN_FILENO, &byte, 1);
      if (got == 0 || (got < 0 && errno != EINTR)) break;
    }
    RequestShutdown();
  }).detach();
}

std::string ProgramFolder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return self.parent_path().string();
}

}  // namespace gyrus
