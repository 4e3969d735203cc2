// gyrus-trainer: one rank of one attempt. Started by gyrus-worker, which reads
// the records that this program leaves in its spool folder.
#include <torch/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/command_line/number_option.h"
#include "common/command_line/parse_line.h"
#include "common/exit_code.h"
#include "common/files.h"
#include "common/local_address.h"
#include "common/log.h"
#include "common/process.h"
#include "common/reason/reason.h"
#include "common/rpc/protobuf_check.h"
#include "common/status.h"
#include "gyrus/v1/workers.pb.h"
#include "models/device.h"
#include "models/network.h"
#include "worker/collective/gloo_collective.h"
#include "worker/collective/local_collective.h"
#include "worker/spool/record_log.h"
#include "worker/trainer/download.h"
#include "worker/trainer/loader_source.h"
#include "worker/trainer/rendezvous.h"
#include "worker/trainer/runtime.h"
#include "worker/training/failure.h"
#include "worker/training/resume_store.h"
#include "worker/training/training.h"

namespace gyrus {
namespace {

// Everything that the command line decides.
struct TrainerOptions {
  std::string assignment;
  bool print_numeric_kind = false;
  bool sequential = false;
  // How long a loader may be away.
  absl::Duration loader_patience = absl::Hours(1);
  // How long the coordinator may be away, and other ranks may take to meet this one.
  absl::Duration peer_patience = absl::Minutes(2);

  // While one rank waits for its loader, the others wait for that rank. A rank that
  // is lost is noticed at once, by its connection or by the coordinator.
  absl::Duration collective_timeout() const { return loader_patience + peer_patience; }
};

absl::StatusOr<v1::RankAssignment> ReadAssignment(const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  v1::RankAssignment assignment;
  if (!assignment.ParseFromString(bytes)) {
    return absl::DataLossError(absl::StrCat(path, " is no rank assignment"));
  }
  return assignment;
}

absl::StatusOr<std::unique_ptr<Collective>> JoinGroup(const v1::RankAssignment& assignment,
                                                      const TrainerOptions& options) {
  const v1::StartRank& start = assignment.start();
  if (start.world_size() == 1) return std::move(MakeLocalGroup(1)[0]);
  const int rank = static_cast<int>(start.rank().rank());
  // Peers on other hosts reach this one where the coordinator does.
  GYRUS_ASSIGN_OR_RETURN(std::string host, LocalAddressTowards(assignment.coordinator_address()));
  return JoinGlooGroup({.rank = rank,
                        .size = static_cast<int>(start.world_size()),
                        .host = std::move(host),
                        .timeout = options.collective_timeout()},
                       ExchangeAt(assignment.coordinator_address(), start.rank(),
                                  start.world_size(), options.peer_patience));
}

// Appends a record to the log and notifies the agent by a byte on standard output.
class Reporter {
 public:
  explicit Reporter(RecordLogWriter log) : log_(std::move(log)) {}
  absl::Status operator()(v1::Record record) {
    const bool lasting = record.has_epoch() || record.has_finished() || record.has_failed();
    GYRUS_RETURN_IF_ERROR(log_.Append(std::move(record)));
    if (lasting) GYRUS_RETURN_IF_ERROR(log_.Sync());
    return WriteAll(STDOUT_FILENO, "\n", "telling the agent");
  }

 private:
  RecordLogWriter log_;
};

// The file that trial.init names; empty function: all weights are initialised at
// random.
FetchWeightsFn InitialWeights(const v1::RankAssignment& assignment, absl::Duration patience) {
  const v1::TrialSpec& trial = assignment.start().trial();
  if (!trial.init().has_weights() && !trial.init().has_stage()) return {};
  return [&assignment, &trial, patience]() -> absl::StatusOr<std::string> {
    std::string file = absl::StrCat(assignment.spool_folder(), "/initial_weights");
    // Neither another rank nor a loader is to blame where they cannot be had.
    GYRUS_RETURN_IF_ERROR(WithReasonOf(
        DownloadFile(assignment.coordinator_address(), trial.init_sha256(), file, patience),
        ErrorOrigin::kExperiment));
    return file;
  };
}

// Returns null on ranks that keep no checkpoints.
std::unique_ptr<ResumeStore> OpenStore(const v1::RankAssignment& assignment, const Device& device) {
  const v1::StartRank& start = assignment.start();
  if (start.rank().rank() != 0 || assignment.checkpoint_folder().empty()) return nullptr;
  return std::make_unique<ResumeStore>(ResumeStoreOptions{.folder = assignment.checkpoint_folder(),
                                                          .trial = start.trial(),
                                                          .numeric_kind = NumericKind(),
                                                          .attempt = start.rank().attempt()},
                                       device, SystemClock());
}

// Adds the last finite weights to the report of a failed training. An error here is
// only logged, because it must not replace the reason why the training failed.
void AddLastFinite(const Training& training, v1::Record& record) {
  auto artifacts = training.WriteLastFinite();
  if (!artifacts.ok()) {
    LogWarning(artifacts.status().message());
    return;
  }
  for (v1::Artifact& artifact : *artifacts) *record.add_last_finite() = std::move(artifact);
}

LoaderSourceOptions SourceOptions(const v1::StartRank& start, const TrainerOptions& options,
                                  Reporter& report) {
  LoaderSourceOptions source{.trial = start.trial(),
                             .grant = start.grant(),
                             .loaders = {start.loaders().begin(), start.loaders().end()}};
  source.retry.give_up_after = options.loader_patience;
  source.waiting = [&report](const v1::Reason& reason) {
    if (!reason.message().empty()) LogWarning(absl::StrCat("waiting: ", reason.message()));
    v1::Record record;
    *record.mutable_waiting() = reason;
    // Nothing depends on it.
    if (const absl::Status status = report(std::move(record)); !status.ok()) {
      LogWarning(status.message());
    }
  };
  return source;
}

// Trains. Where that fails with an error that all ranks share, rank 0 adds the last
// finite weights to `failed`, the record that is to be reported.
absl::Status TrainRank(const v1::RankAssignment& assignment, const TrainerOptions& options,
                       Reporter& report, v1::Record& failed) {
  const v1::StartRank& start = assignment.start();
  const v1::TrialSpec& trial = start.trial();
  SetThreads(trial.resources().threads_per_slot());
  const Device& device = CpuDevice();
  LoaderSource source(SourceOptions(start, options, report));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<Collective> collective,
                         JoinGroup(assignment, options));
  GYRUS_ASSIGN_OR_RETURN(
      const std::shared_ptr<Network> network,
      MakeNetwork(trial.model(), trial.task(),
                  {trial.input_shape().begin(), trial.input_shape().end()}, device));
  const std::unique_ptr<ResumeStore> store = OpenStore(assignment, device);
  Training training({.trial = trial,
                     .attempt = start.rank().attempt(),
                     .numeric_kind = NumericKind(),
                     .folder = assignment.spool_folder(),
                     .fetch_initial_weights = InitialWeights(assignment, options.peer_patience),
                     .sum_order = options.sequential ? SumOrder::kSequential : SumOrder::kTree},
                    {*network, *collective, source, std::ref(report), SystemClock(), store.get()});
  const absl::Status status = training.Run();
  if (IsShared(status) && start.rank().rank() == 0) AddLastFinite(training, failed);
  return status;
}

// Rank 0 reports an error that all ranks share, once the weights that it had before
// are uploaded. A report of another rank would arrive first, so that rank waits to
// be stopped. Where rank 0 is lost, its agent or its worker's silence ends the
// attempt, and this program ends with its agent.
[[noreturn]] void WaitToBeStopped() {
  while (true) absl::SleepFor(absl::Minutes(1));
}

// When all ranks fail with the same error, only rank 0 reports it: the other ranks would
// report the loss of a peer instead of the cause.
absl::Status Train(const TrainerOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const v1::RankAssignment assignment, ReadAssignment(options.assignment));
  GYRUS_ASSIGN_OR_RETURN(RecordLogWriter log, RecordLogWriter::Create(absl::StrCat(
                                                  assignment.spool_folder(), "/records.log")));
  Reporter report(std::move(log));
  v1::Record failed;
  const absl::Status status = TrainRank(assignment, options, report, failed);
  if (status.ok()) return status;
  if (IsShared(status) && assignment.start().rank().rank() != 0) WaitToBeStopped();
  *failed.mutable_failed() = ReasonFrom(status, ErrorOrigin::kTraining);
  GYRUS_RETURN_IF_ERROR(report(std::move(failed)));
  return status;
}

// Reports on standard output, for the agent, why this program ends: where the disk is
// full, no record could say it.
int EndWith(const absl::Status& status) {
  if (status.ok()) return kExitSuccess;
  LogError(status.message());
  const std::string line = absl::StrReplaceAll(status.message(), {{"\n", " "}});
  WriteAll(STDOUT_FILENO, absl::StrCat(line, "\n"), "telling the agent").IgnoreError();
  const v1::ReasonCode code = ReasonFrom(status, ErrorOrigin::kTraining).code();
  return ClassOf(code) == ReasonClass::kPassing ? kExitUnavailable : kExitIncomplete;
}

void AddOptions(CLI::App& app, TrainerOptions& options) {
  app.add_option("--assignment", options.assignment, "File that says what to train");
  app.add_flag("--numeric-kind", options.print_numeric_kind,
               "Print what decides bits here, and end");
  AddDurationOption(app, "--loader-patience", options.loader_patience,
                    "How long a data loader may be away");
  AddDurationOption(app, "--peer-patience", options.peer_patience,
                    "How long the coordinator may be away, and other ranks may take to meet");
  app.add_flag("--sequential-sum", options.sequential,
               "For tests: sum leaves in sequence, which changes the bits")
      ->group("");
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-trainer");
  CLI::App app{"One rank of one attempt. Started by gyrus-worker."};
  TrainerOptions options;
  AddOptions(app, options);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  absl::Status usable = CheckProtobuf();
  usable.Update(CheckRuntime());
  if (!usable.ok()) {
    LogError(usable.message());
    return kExitInternal;
  }
  if (options.print_numeric_kind) {
    std::printf("%s\n", NumericKind().c_str());
    return kExitSuccess;
  }
  EndWithParent();
  std::signal(SIGPIPE, SIG_IGN);  // A lost peer closes sockets; the write reports it.
  KeepFreedMemory();
  return EndWith(Train(options));
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
