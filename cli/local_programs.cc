#include "cli/local_programs.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/client_options.h"
#include "cli/log_tail.h"
#include "common/clock.h"
#include "common/exit_code.h"
#include "common/files.h"
#include "common/retry.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

// How often the running programs are looked at.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(20);

// Programs start and end within milliseconds, so the first pauses are short.
RetryPolicy PollFor(absl::Duration limit) {
  return {.first_pause = absl::Milliseconds(2),
          .longest_pause = absl::Milliseconds(20),
          .give_up_after = limit};
}

absl::Status Interrupted() { return absl::CancelledError("interrupted"); }

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

// The programs of a run that was killed end by themselves, but need a moment: whoever
// gives the same command at once waits for as long as programs may take to end.
absl::Status AwaitTheEndOfAnEarlierRun(const RunFolder& run, absl::Duration limit) {
  RetrySchedule schedule(PollFor(limit), SystemClock());
  while (Exists(run.lock_file())) {
    const auto lock = FolderLock::Take(run.lock_file());
    if (lock.ok()) break;
    const auto pause = schedule.NextPause();
    if (!absl::IsFailedPrecondition(lock.status()) || !pause.has_value()) {
      return Annotate(lock.status(), absl::StrCat("another run is in ", run.path()));
    }
    if (WaitForShutdown(*pause) != 0) return Interrupted();
  }
  return absl::OkStatus();
}

// Removes the addresses that an earlier run left: they would be taken for those of
// this run.
absl::Status RemoveAddresses(const RunFolder& run, const std::string& loader_address_file) {
  GYRUS_RETURN_IF_ERROR(RemoveAll(CoordinatorAddressFile(run)));
  return RemoveAll(loader_address_file);
}

// UNAVAILABLE: it cannot be started.
absl::StatusOr<Child> Launch(const std::vector<std::string>& arguments,
                             const std::string& log_file) {
  auto child = Child::Start({.arguments = arguments, .log_file = log_file});
  if (!child.ok()) return absl::UnavailableError(child.status().message());
  return child;
}

}  // namespace

struct LocalPrograms::Program {
  std::string name;
  std::vector<std::string> arguments;
  std::string log_file;
  uint64_t log_start = 0;  // The length of the log when the process was started.
  int restarts = 0;
  Child child;
};

LocalPrograms::LocalPrograms(RunFolder run, LocalProgramsOptions options)
    : run_(std::move(run)),
      options_(std::move(options)),
      loader_address_file_(absl::StrCat(run_.coordinator_folder(), "/loader.address")) {}

LocalPrograms::~LocalPrograms() {
  End(workers_);
  End(services_);
}

absl::StatusOr<std::unique_ptr<LocalPrograms>> LocalPrograms::Start(RunFolder run,
                                                                    LocalProgramsOptions options) {
  std::unique_ptr<LocalPrograms> programs(new LocalPrograms(std::move(run), std::move(options)));
  GYRUS_RETURN_IF_ERROR(programs->StartAll());
  return programs;
}

absl::Status LocalPrograms::StartAll() {
  GYRUS_RETURN_IF_ERROR(MakeFolders(run_.logs_folder()));
  // An address file of an earlier run would be taken for that of the new program.
  GYRUS_RETURN_IF_ERROR(AwaitTheEndOfAnEarlierRun(run_, options_.timeouts.stop));
  GYRUS_RETURN_IF_ERROR(RemoveAddresses(run_, loader_address_file_));
  GYRUS_ASSIGN_OR_RETURN(Program coordinator,
                         StartProgram("gyrus-coordinator", CoordinatorArguments()));
  services_.push_back(std::move(coordinator));
  // The loader needs the coordinator's public key, and the coordinator needs the loader's
  // address. Therefore the coordinator starts first, writes its key and then waits for the
  // address.
  GYRUS_RETURN_IF_ERROR(AwaitFile(absl::StrCat(run_.key_file(), ".pub")));
  GYRUS_ASSIGN_OR_RETURN(Program loader, StartProgram("gyrus-dataloader", LoaderArguments()));
  services_.push_back(std::move(loader));
  const std::string address_file = CoordinatorAddressFile(run_);
  GYRUS_RETURN_IF_ERROR(AwaitFile(address_file));
  GYRUS_ASSIGN_OR_RETURN(const std::string address, ReadFile(address_file));
  coordinator_address_ = std::string(absl::StripAsciiWhitespace(address));
  for (int number = 1; number <= options_.workers; ++number) {
    GYRUS_ASSIGN_OR_RETURN(Program worker, StartProgram("gyrus-worker", WorkerArguments(number)));
    workers_.push_back(std::move(worker));
  }
  return absl::OkStatus();
}

std::vector<std::string> LocalPrograms::CoordinatorArguments() const {
  return {"serve",
          "--dir",
          run_.path(),
          "--listen",
          "127.0.0.1:0",
          "--loader-address-file",
          loader_address_file_,
          "--loader-start",
          absl::FormatDuration(options_.timeouts.start)};
}

std::vector<std::string> LocalPrograms::LoaderArguments() const {
  std::vector<std::string> arguments = {"serve",
                                        "--cache",
                                        options_.cache_folder,
                                        "--coordinator-key",
                                        absl::StrCat(run_.key_file(), ".pub"),
                                        "--address-file",
                                        loader_address_file_};
  for (const std::string& folder : options_.data_roots) {
    arguments.push_back("--data-root");
    arguments.push_back(folder);
  }
  return arguments;
}

std::vector<std::string> LocalPrograms::WorkerArguments(int number) const {
  return {"--coordinator",
          coordinator_address_,
          "--dir",
          run_.worker_folder(number),
          "--checkpoint-dir",
          run_.resume_folder(),
          "--slots",
          absl::StrCat(options_.slots_per_worker),
          "--threads-per-slot",
          absl::StrCat(options_.threads_per_slot)};
}

absl::StatusOr<LocalPrograms::Program> LocalPrograms::StartProgram(
    const std::string& name, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), absl::StrCat(options_.program_folder, "/", name));
  arguments.push_back("--end-with-parent");
  const size_t number = workers_.size() + 1;
  std::string log_name = name == "gyrus-worker" ? absl::StrCat("worker-", number) : name;
  std::string log_file = absl::StrCat(run_.logs_folder(), "/", log_name, ".log");
  const uint64_t log_start = SizeOf(log_file);
  GYRUS_ASSIGN_OR_RETURN(Child child, Launch(arguments, log_file));
  return Program{std::move(log_name), std::move(arguments), std::move(log_file), log_start, 0,
                 std::move(child)};
}

absl::Status LocalPrograms::AwaitFile(const std::string& file) {
  RetrySchedule schedule(PollFor(options_.timeouts.start), SystemClock());
  while (!Exists(file)) {
    GYRUS_RETURN_IF_ERROR(CheckServices());
    const auto pause = schedule.NextPause();
    if (!pause.has_value()) {
      return absl::DeadlineExceededError(
          absl::StrCat(services_.back().name, " did not write ", file, " within ",
                       absl::FormatDuration(options_.timeouts.start),
                       " (--start-timeout); its log is ", services_.back().log_file));
    }
    if (WaitForShutdown(*pause) != 0) return Interrupted();
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::Supervise(absl::FunctionRef<absl::Status(CoordinatorClient&)> work) {
  CoordinatorClient client(coordinator_address_, {.patience = options_.timeouts.patience});
  absl::Notification done;
  absl::Status ended;
  std::thread watcher([&] {
    ended = WatchUntil(done);
    if (!ended.ok()) client.Abandon();
  });
  const absl::Status status = work(client);
  done.Notify();
  watcher.join();
  return ended.ok() ? status : ended;
}

absl::Status LocalPrograms::WatchUntil(const absl::Notification& done) {
  while (!done.HasBeenNotified()) {
    GYRUS_RETURN_IF_ERROR(CheckServices());
    GYRUS_RETURN_IF_ERROR(CheckWorkers());
    if (options_.check) GYRUS_RETURN_IF_ERROR(options_.check());
    if (WaitForShutdown(kWatchInterval) != 0) return Interrupted();
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::CheckServices() {
  for (auto program = services_.begin(); program != services_.end(); ++program) {
    if (!program->child.HasEnded()) continue;
    const absl::Status status = StatusOfEnded(*program);
    services_.erase(program);
    return status;
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::CheckWorkers() {
  for (auto worker = workers_.begin(); worker != workers_.end(); ++worker) {
    if (!worker->child.HasEnded()) continue;
    const absl::Status status = StatusOfEnded(*worker);
    const int restarts = worker->restarts;
    // The limit prevents an endless loop when the worker fails at every start.
    if (worker->restarts == options_.max_worker_restarts) {
      workers_.erase(worker);
      return Annotate(status, absl::StrCat("after ", restarts, " restarts"));
    }
    if (options_.warn) options_.warn(absl::StrCat(status.message(), "; started again"));
    worker->log_start = SizeOf(worker->log_file);
    auto child = Launch(worker->arguments, worker->log_file);
    if (!child.ok()) {
      workers_.erase(worker);
      return child.status();
    }
    worker->child = *std::move(child);
    ++worker->restarts;
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::StatusOfEnded(Program& program) {
  const int wait_status = program.child.Wait();
  const std::string error = LastError(program.log_file, program.log_start);
  return {StatusCodeFor(WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1),
          absl::StrCat(program.name, " ", DescribeExit(wait_status), ": ",
                       error.empty() ? absl::StrCat("its log is ", program.log_file) : error)};
}

void LocalPrograms::End(std::vector<Program>& programs) {
  for (const Program& program : programs) program.child.Signal(SIGTERM);
  RetrySchedule schedule(PollFor(options_.timeouts.stop), SystemClock());
  const auto has_ended = [](const Program& program) { return program.child.HasEnded(); };
  while (!force_stop_ && !std::all_of(programs.begin(), programs.end(), has_ended)) {
    const auto pause = schedule.NextPause();
    if (!pause.has_value()) break;
    force_stop_ = WaitForShutdown(*pause) != 0;
  }
  programs.clear();  // The destructor of Child kills a process that still runs.
}

}  // namespace gyrus::cli
