#include "coordinator/runtime/coordinator.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/random_id.h"
#include "common/status.h"
#include "core/spec/arm.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/stages.h"

namespace gyrus {

Coordinator::Coordinator(const CoordinatorParts& parts, const RuntimeOptions& options)
    : parts_(parts),
      options_(options),
      planner_(parts.loaders),
      results_(parts.vault, parts.reader),
      files_(std::make_unique<ExperimentFiles>(parts.folder, parts.links, results_)) {
  dispatcher_ = std::make_unique<AttemptDispatcher>(
      parts.key, parts.loaders, links_,
      AttemptDispatcher::Hooks{
          .send_start = [this](const std::string& worker_id,
                               v1::ToWorker start) { SendStart(worker_id, std::move(start)); },
          .failed = [this](const v1::RankExited& exited) { sessions_->OnExited(exited); }});
  plan_runner_ =
      std::make_unique<PlanRunner>(planner_, status_store_, parts.clock,
                                   [this](const std::string& experiment_id, Command command) {
                                     EnqueueFor(experiment_id, std::move(command));
                                   });
}

absl::StatusOr<std::unique_ptr<Coordinator>> Coordinator::Start(std::unique_ptr<LedgerStore> store,
                                                                const CoordinatorParts& parts,
                                                                const RuntimeOptions& options) {
  std::unique_ptr<Coordinator> coordinator(new Coordinator(parts, options));
  Coordinator* const self = coordinator.get();
  GYRUS_ASSIGN_OR_RETURN(coordinator->ledger_,
                         Ledger<CoordinatorState>::Start(
                             std::move(store), std::make_unique<CoordinatorState>(options.state),
                             [self](CoordinatorState& state, absl::Span<const v1::Event> events) {
                               self->OnCommitted(state, events);
                             }));
  coordinator->sessions_ = std::make_unique<WorkerSessions>(
      *coordinator->ledger_, self->links_, self->status_store_, *self->dispatcher_, parts.clock);
  // This is the first command of the ledger, so no operator or worker is served before the
  // state is complete.
  GYRUS_RETURN_IF_ERROR(
      self->RunAndWait([self](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        self->Recover(state);
        return LedgerEvents();
      }));
  coordinator->checker_ = std::thread([self] { self->CheckPeriodically(); });
  return coordinator;
}

Coordinator::~Coordinator() {
  parts_.loaders.Close();  // A plan in the making need not wait for them.
  stopping_.Notify();
  if (checker_.joinable()) checker_.join();
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
  // Their work may still enqueue commands, which the ledger completes before it ends.
  plan_runner_.reset();
  dispatcher_->Close();
  files_.reset();
  ledger_.reset();
}

absl::Status Coordinator::RunAndWait(Decide decide) {
  absl::Status status;
  absl::Notification done;
  ledger_->Run(std::move(decide), [&](absl::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return status;
}

// The weights must be in the vault before the experiment is accepted; otherwise it would
// fail hours later, when the first trainer asks for them.
absl::Status Coordinator::CheckInitialWeights(const v1::ExperimentSpec& spec) const {
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

absl::StatusOr<std::string> Coordinator::Submit(v1::SubmitRequest request) {
  if (request.request_id().empty()) return absl::InvalidArgumentError("request_id is empty");
  FillDefaults(*request.mutable_spec());
  GYRUS_RETURN_IF_ERROR(CheckExperiment(request.spec()));
  GYRUS_RETURN_IF_ERROR(CheckInitialWeights(request.spec()));
  std::string id;
  GYRUS_RETURN_IF_ERROR(RunAndWait([&, fresh = RandomId()](CoordinatorState& state) {
    return state.DecideSubmit(request, fresh, id);
  }));
  return id;
}

absl::Status Coordinator::Cancel(const std::string& experiment_id) {
  return RunAndWait(
      [&](CoordinatorState& state) { return state.Decide(experiment_id, gyrus::Cancel{}); });
}

absl::StatusOr<std::vector<std::string>> Coordinator::Retry(const v1::RetryRequest& request) {
  std::vector<std::string> opened;
  GYRUS_RETURN_IF_ERROR(RunAndWait([&](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
    GYRUS_ASSIGN_OR_RETURN(
        LedgerEvents events,
        state.Decide(request.experiment_id(),
                     RetryTrials{{request.trial_ids().begin(), request.trial_ids().end()}}));
    for (const v1::Event& event : events) {
      const auto& ids = event.trials_reopened().trial_ids();
      opened.assign(ids.begin(), ids.end());
    }
    return events;
  }));
  return opened;
}

absl::StatusOr<v1::Result> Coordinator::MakeResult(const std::string& experiment_id) {
  const auto machine = status_store_.Machine(experiment_id);
  if (machine == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  files_->Flush();
  GYRUS_ASSIGN_OR_RETURN(MadeResult made, results_.Build(*machine));
  return std::move(made.result);
}

void Coordinator::CheckPeriodically() {
  while (!stopping_.WaitForNotificationWithTimeout(options_.check_interval)) {
    ledger_->RunAlways(
        [this](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
          return state.DecideLost(parts_.clock.Monotonic());
        },
        [](const absl::Status&) {});
    Schedule();
    plan_runner_->RetryDue(parts_.clock.Monotonic());
  }
}

void Coordinator::Schedule() {
  ledger_->RunAlways(
      [this](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        if (closing_) return LedgerEvents();
        LedgerEvents events = state.DecideSchedule(parts_.clock.Monotonic());
        status_store_.PublishWaiting(state.waiting());
        return events;
      },
      [](const absl::Status&) {});
}

void Coordinator::SendStart(const std::string& worker_id, v1::ToWorker start) {
  ledger_->RunAlways(
      [this, worker_id,
       start = std::move(start)](CoordinatorState& state) mutable -> absl::StatusOr<LedgerEvents> {
        if (state.IsCurrent(start.start().rank())) links_.Send(worker_id, std::move(start));
        return LedgerEvents();
      },
      [](const absl::Status&) {});
}

void Coordinator::EnqueueFor(const std::string& experiment_id, Command command) {
  const bool adopts = std::holds_alternative<AdoptPlan>(command);
  ledger_->RunAlways([experiment_id, command = std::move(command)](
                         CoordinatorState& state) { return state.Decide(experiment_id, command); },
                     [this, experiment_id, adopts](const absl::Status& status) {
                       if (status.ok()) return;
                       LogWarning(absl::StrCat(experiment_id, ": ", status.message()));
                       if (!absl::IsInvalidArgument(status) || !adopts) return;
                       // A plan that cannot be kept would leave the experiment waiting for ever.
                       v1::Reason reason;
                       reason.set_code(v1::REASON_CODE_INTERNAL);
                       reason.set_message(std::string(status.message()));
                       EnqueueFor(experiment_id, Reject{{reason}});
                     });
}

}  // namespace gyrus
