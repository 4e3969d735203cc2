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
#include "common/files.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(5);
constexpr absl::Duration kGuardPoll = absl::Milliseconds(20);
constexpr absl::Duration kStartLimit = absl::Seconds(20);
constexpr absl::Duration kEndLimit = absl::Seconds(5);
constexpr int kMaxRestarts = 3;

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

// The other way round than ExitCodeFor.
absl::StatusCode CodeFor(int wait_status) {
  switch (WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1) {
    case 2:
      return absl::StatusCode::kFailedPrecondition;
    case 3:
      return absl::StatusCode::kDataLoss;
    case 5:
      return absl::StatusCode::kInternal;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

// Addresses that an earlier run left would be taken for those of this one.
absl::Status ForgetAddresses(const RunFolder& run, const std::string& loader_address_file) {
  if (Exists(run.lock_file())) {
    const auto lock = FolderLock::Take(run.lock_file());
    if (!lock.ok()) return Annotate(lock.status(), absl::StrCat("another run is in ", run.path()));
  }
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
  uint64_t log_start = 0;  // Where this life's log begins.
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
  GYRUS_RETURN_IF_ERROR(ForgetAddresses(run_, loader_address_file_));
  GYRUS_ASSIGN_OR_RETURN(Program coordinator,
                         StartProgram("gyrus-coordinator", CoordinatorArguments()));
  services_.push_back(std::move(coordinator));
  GYRUS_RETURN_IF_ERROR(Await(absl::StrCat(run_.key_file(), ".pub")));
  GYRUS_ASSIGN_OR_RETURN(Program loader, StartProgram("gyrus-dataloader", LoaderArguments()));
  services_.push_back(std::move(loader));
  const std::string address_file = CoordinatorAddressFile(run_);
  GYRUS_RETURN_IF_ERROR(Await(address_file));
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
          loader_address_file_};
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

absl::Status LocalPrograms::Await(const std::string& file) {
  const absl::Duration give_up = SystemClock().Monotonic() + kStartLimit;
  while (!Exists(file)) {
    GYRUS_RETURN_IF_ERROR(CheckServices());
    if (SystemClock().Monotonic() > give_up) {
      return absl::DeadlineExceededError(absl::StrCat("gyrus-coordinator did not write ", file,
                                                      " within ", absl::FormatDuration(kStartLimit),
                                                      "; its log is ", services_[0].log_file));
    }
    if (WaitForShutdown(kPoll) != 0) return Interrupted();
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::Conduct(absl::FunctionRef<absl::Status(CoordinatorClient&)> work) {
  CoordinatorClient client(coordinator_address_, kPatience);
  absl::Notification done;
  absl::Status ended;
  std::thread guard([&] {
    ended = Guard(done);
    if (!ended.ok()) client.Abandon();
  });
  const absl::Status status = work(client);
  done.Notify();
  guard.join();
  return ended.ok() ? status : ended;
}

absl::Status LocalPrograms::Guard(const absl::Notification& done) {
  while (!done.HasBeenNotified()) {
    GYRUS_RETURN_IF_ERROR(CheckServices());
    GYRUS_RETURN_IF_ERROR(CheckWorkers());
    if (WaitForShutdown(kGuardPoll) != 0) return Interrupted();
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::CheckServices() {
  for (auto program = services_.begin(); program != services_.end(); ++program) {
    if (!program->child.HasEnded()) continue;
    const absl::Status status = HowItEnded(*program);
    services_.erase(program);
    return status;
  }
  return absl::OkStatus();
}

absl::Status LocalPrograms::CheckWorkers() {
  for (auto worker = workers_.begin(); worker != workers_.end(); ++worker) {
    if (!worker->child.HasEnded()) continue;
    const absl::Status status = HowItEnded(*worker);
    if (worker->restarts == kMaxRestarts) {
      workers_.erase(worker);
      return Annotate(status, absl::StrCat("started ", kMaxRestarts, " times again"));
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

absl::Status LocalPrograms::HowItEnded(Program& program) {
  const int wait_status = program.child.Wait();
  const std::string error = LastError(program.log_file, program.log_start);
  return {CodeFor(wait_status),
          absl::StrCat(program.name, " ", DescribeExit(wait_status), ": ",
                       error.empty() ? absl::StrCat("its log is ", program.log_file) : error)};
}

void LocalPrograms::End(std::vector<Program>& programs) {
  for (const Program& program : programs) program.child.Signal(SIGTERM);
  const absl::Duration give_up = SystemClock().Monotonic() + kEndLimit;
  const auto has_ended = [](const Program& program) { return program.child.HasEnded(); };
  while (!force_stop_ && !std::all_of(programs.begin(), programs.end(), has_ended) &&
         SystemClock().Monotonic() < give_up) {
    force_stop_ = WaitForShutdown(kPoll) != 0;
  }
  programs.clear();  // A Child kills what still runs.
}

}  // namespace gyrus::cli
