#include "coordinator/service/conductor.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/log.h"
#include "common/random_id.h"
#include "common/status.h"
#include "common/version.h"
#include "coordinator/plan/trials.h"
#include "coordinator/report/make_result.h"
#include "core/spec/arm.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/stages.h"

namespace gyrus {
namespace {

// Silence alone is no reason to give an attempt up, until it lasted this long.
constexpr absl::Duration kLostAfter = absl::Seconds(60);
constexpr absl::Duration kLookInterval = absl::Seconds(1);

v1::RankId RankIdOf(const ExperimentMachine& machine, const TrialStatus& trial, uint32_t rank) {
  v1::RankId id;
  id.set_experiment_id(machine.id());
  id.set_trial_id(trial.id);
  id.set_attempt(trial.attempt);
  id.set_rank(rank);
  return id;
}

v1::ToWorker StopMessage(v1::RankId rank, const v1::Reason& reason) {
  v1::ToWorker message;
  *message.mutable_stop()->mutable_rank() = std::move(rank);
  *message.mutable_stop()->mutable_reason() = reason;
  return message;
}

absl::Status Write(const ReadableFile& file, const std::string& run) {
  const std::string path = absl::StrCat(run, "/", file.path);
  GYRUS_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  return WriteFileAtomically(path, file.content);
}

}  // namespace

Conductor::Conductor(ConductorParts parts)
    : parts_(parts),
      planner_(parts.loaders),
      io_(std::make_unique<Executor>(4)),
      planning_(std::make_unique<Executor>(4)) {}

absl::StatusOr<std::unique_ptr<Conductor>> Conductor::Start(std::unique_ptr<LedgerStore> store,
                                                            ConductorParts parts) {
  std::unique_ptr<Conductor> conductor(new Conductor(parts));
  Conductor* const self = conductor.get();
  GYRUS_ASSIGN_OR_RETURN(conductor->ledger_,
                         Ledger<CoordinatorState>::Start(
                             std::move(store), std::make_unique<CoordinatorState>(),
                             [self](CoordinatorState& state, absl::Span<const v1::Event> events) {
                               self->OnCommitted(state, events);
                             }));
  absl::Notification resumed;
  conductor->ledger_->Run(
      [self](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        self->Resume(state);
        return LedgerEvents();
      },
      [&resumed](const absl::Status&) { resumed.Notify(); });
  resumed.WaitForNotification();
  conductor->watcher_ = std::thread([self] { self->WatchForLost(); });
  return conductor;
}

Conductor::~Conductor() {
  parts_.loaders.Close();  // Who plans need not wait for them.
  stopping_.Notify();
  if (watcher_.joinable()) watcher_.join();
  if (ledger_ != nullptr) {
    absl::Notification closed;
    ledger_->RunAlways(
        [this](CoordinatorState&) -> absl::StatusOr<LedgerEvents> {
          closing_ = true;
          return LedgerEvents();
        },
        [&closed](const absl::Status&) { closed.Notify(); });
    closed.WaitForNotification();
  }
  // What waits on these may still have wishes; the ledger answers them first.
  planning_.reset();
  io_.reset();
  ledger_.reset();
}

absl::Status Conductor::CheckInitialWeights(const v1::ExperimentSpec& spec) const {
  for (int stage = 0; stage < StageCount(spec); ++stage) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, stage);
    for (const v1::Arm& arm : alone.arms()) {
      const v1::Init init = ResolveArm(alone, arm).init();
      if (!init.has_weights()) continue;
      if (init.sha256().empty()) {
        return absl::InvalidArgumentError(absl::StrCat("init.weights: ", init.weights(),
                                                       " comes without its digest (init.sha256)"));
      }
      if (!parts_.vault.Has(absl::HexStringToBytes(init.sha256()))) {
        return absl::FailedPreconditionError(absl::StrCat(
            "init.weights: ", init.weights(), " was not uploaded before (UploadWeights)"));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Conductor::Submit(v1::SubmitRequest request) {
  if (request.request_id().empty()) return absl::InvalidArgumentError("request_id is empty");
  FillDefaults(*request.mutable_spec());
  GYRUS_RETURN_IF_ERROR(CheckExperiment(request.spec()));
  GYRUS_RETURN_IF_ERROR(CheckInitialWeights(request.spec()));
  std::string id;
  absl::Status status;
  absl::Notification done;
  ledger_->Run([&, fresh = RandomId()](
                   CoordinatorState& state) { return state.DecideSubmit(request, fresh, id); },
               [&](absl::Status ended) {
                 status = std::move(ended);
                 done.Notify();
               });
  done.WaitForNotification();
  GYRUS_RETURN_IF_ERROR(status);
  return id;
}

absl::Status Conductor::Cancel(const std::string& experiment_id) {
  absl::Status status;
  absl::Notification done;
  ledger_->Run(
      [&](CoordinatorState& state) { return state.Decide(experiment_id, gyrus::Cancel{}); },
      [&](absl::Status ended) {
        status = std::move(ended);
        done.Notify();
      });
  done.WaitForNotification();
  return status;
}

absl::StatusOr<v1::Result> Conductor::MakeResult(const std::string& experiment_id) {
  const auto machine = status_store_.Machine(experiment_id);
  if (machine == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  if (machine->plan() != nullptr) GYRUS_RETURN_IF_ERROR(LinkFiles(*machine));
  ResultSources sources;
  sources.object = [this](const std::string& sha256) -> absl::StatusOr<std::string> {
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, parts_.vault.Read(sha256));
    return std::string(file.bytes());
  };
  sources.items_seen = [this, &experiment_id](
                           const std::string& trial_id,
                           uint32_t attempt) -> absl::StatusOr<std::vector<v1::EpochItemsSeen>> {
    GYRUS_ASSIGN_OR_RETURN(const auto ranks,
                           parts_.reader.ItemsSeen({experiment_id, trial_id, attempt}));
    for (const RankItemsSeen& items_seen : ranks) {
      if (items_seen.rank == 0) return items_seen.epochs;
    }
    return std::vector<v1::EpochItemsSeen>();
  };
  GYRUS_ASSIGN_OR_RETURN(MadeResult made, gyrus::MakeResult(*machine, sources));
  for (const ReadableFile& file : made.files) {
    GYRUS_RETURN_IF_ERROR(Write(file, parts_.folder.path()));
  }
  return std::move(made.result);
}

void Conductor::OnHello(std::shared_ptr<WorkerLink> link, v1::Hello hello) {
  const std::string worker = hello.worker_id();
  auto stops = std::make_shared<std::vector<v1::ToWorker>>();
  ledger_->Run(
      [this, hello, stops, link](CoordinatorState& state) {
        auto events = state.DecideHello(hello, link.get());
        if (!events.ok()) return events;
        std::set<std::string> running;
        for (const v1::RankId& rank : hello.running()) {
          running.insert(rank.SerializeAsString());
          if (!state.IsCurrent(rank)) stops->push_back(StopMessage(rank, v1::Reason()));
        }
        // A start that went astray with an earlier link is said again.
        state.ForEachRunning([&](const ExperimentMachine& machine, const TrialStatus& trial) {
          for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
            const v1::Placement& placement = trial.gang[rank];
            if (placement.worker_id() != hello.worker_id() ||
                placement.incarnation() != hello.incarnation() ||
                trial.finished[rank].has_value() ||
                running.contains(RankIdOf(machine, trial, rank).SerializeAsString())) {
              continue;
            }
            StartRanks(machine, trial,
                       [&placement](const v1::Placement& s) { return &s == &placement; });
          }
        });
        PublishWorkers(state);
        return events;
      },
      [this, link, worker, stops](const absl::Status& status) {
        if (!status.ok()) {
          link->Close(status);
          return;
        }
        links_.Add(worker, link);
        v1::ToWorker welcome;
        welcome.mutable_welcome()->set_protocol_major(kProtocolMajor);
        welcome.mutable_welcome()->set_protocol_minor(kProtocolMinor);
        welcome.mutable_welcome()->set_build(kVersion);
        link->Send(std::move(welcome));
        for (v1::ToWorker& stop : *stops) link->Send(std::move(stop));
        Schedule();
      });
}

void Conductor::OnRecord(std::shared_ptr<WorkerLink> link, v1::SpooledRecord record) {
  const v1::RankId rank = record.rank();
  const uint64_t sequence = record.record().sequence();
  auto soft = std::make_shared<v1::SpooledRecord>();
  if (record.record().has_steps() || record.record().has_epoch()) *soft = record;
  ledger_->RunRecord(
      std::move(record),
      [](CoordinatorState& state, const v1::SpooledRecord& its_record) {
        return state.DecideRecord(its_record);
      },
      [this, link, rank, sequence, soft](const absl::Status& status) {
        v1::ToWorker message;
        if (status.ok()) {
          *message.mutable_applied()->mutable_rank() = rank;
          message.mutable_applied()->set_sequence(sequence);
          link->Send(std::move(message));
          if (soft->has_record()) status_store_.SetProgress(*soft);
        } else if (status.code() == absl::StatusCode::kAborted) {
          v1::Reason reason;
          reason.set_message(std::string(status.message()));
          link->Send(StopMessage(rank, reason));
        } else if (status.code() == absl::StatusCode::kInvalidArgument ||
                   status.code() == absl::StatusCode::kAlreadyExists) {
          // It would be refused as often as it came.
          v1::RankExited exited;
          *exited.mutable_rank() = rank;
          exited.mutable_reason()->set_code(v1::REASON_CODE_INTERNAL);
          exited.mutable_reason()->set_message(std::string(status.message()));
          OnExited(exited);
        } else {
          // It comes again on the next link.
          LogWarning(absl::StrCat("a record of ", rank.trial_id(), ": ", status.message()));
          link->Close(absl::UnavailableError(status.message()));
        }
      });
}

void Conductor::OnExited(const v1::RankExited& exited) {
  ledger_->RunAlways(
      [exited](CoordinatorState& state) {
        return state.Decide(
            exited.rank().experiment_id(),
            FailAttempt{exited.rank().trial_id(), exited.rank().attempt(), exited.reason()});
      },
      [](const absl::Status&) {});
}

void Conductor::OnDisconnected(const WorkerLink* link, const std::string& worker_id) {
  ledger_->RunAlways(
      [this, worker_id, link](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        state.Disconnected(worker_id, link, parts_.clock.Monotonic());
        PublishWorkers(state);
        PublishExperiments(state, {});
        return LedgerEvents();
      },
      // Its Hello may have been answered just before this.
      [this, worker_id, link](const absl::Status&) {
        if (!links_.Remove(worker_id, link)) return;
        LogWarning(absl::StrCat("worker ", worker_id, " is not connected any more"));
      });
}

void Conductor::WatchForLost() {
  while (!stopping_.WaitForNotificationWithTimeout(kLookInterval)) {
    ledger_->RunAlways(
        [this](CoordinatorState& state) {
          return state.DecideLost(parts_.clock.Monotonic(), kLostAfter);
        },
        [](const absl::Status&) {});
  }
}

}  // namespace gyrus
