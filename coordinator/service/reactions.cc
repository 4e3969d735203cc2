// The other half of Conductor: what follows from committed events.
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status.h"
#include "coordinator/plan/trials.h"
#include "coordinator/report/make_result.h"
#include "coordinator/service/conductor.h"

namespace gyrus {

void Conductor::OnCommitted(CoordinatorState& state, absl::Span<const v1::Event> events) {
  if (events.empty()) return;
  state.MarkNotified();
  std::set<std::string> changed;
  for (const v1::Event& event : events) changed.insert(event.experiment_id());
  PublishExperiments(state, changed);
  PublishWorkers(state);
  for (const v1::Event& event : events) React(state, event);
  Schedule();
}

void Conductor::PublishTo(StatusStore& status_store, const CoordinatorState& state,
                          const std::string& experiment_id) {
  const ExperimentMachine& machine = *state.Find(experiment_id);
  StatusStore::Entry entry{.machine = std::make_shared<const ExperimentMachine>(machine)};
  for (const TrialStatus& trial : machine.trials()) {
    if (trial.state != v1::TRIAL_STATE_PENDING) continue;
    v1::Reason reason = state.WaitingReason(experiment_id, trial.id);
    if (reason.code() != v1::REASON_CODE_UNSPECIFIED) entry.waiting[trial.id] = std::move(reason);
  }
  status_store.Publish(experiment_id, std::move(entry));
}

void Conductor::PublishExperiments(CoordinatorState& state, std::set<std::string> ids) {
  // Why trials wait, as things are now; Schedule() starts what can start.
  state.DecideSchedule();
  for (const auto& [id, machine] : state.experiments()) {
    if (machine.state() == v1::EXPERIMENT_STATE_RUNNING) ids.insert(id);
  }
  for (const std::string& id : ids) PublishTo(status_store_, state, id);
}

void Conductor::PublishWorkers(const CoordinatorState& state) {
  std::vector<v1::WorkerView> views;
  for (const auto& [id, worker] : state.workers()) {
    v1::WorkerView& view = views.emplace_back();
    view.set_id(id);
    view.set_connected(worker.connected());
    view.set_slots(worker.slots);
    view.set_slots_busy(static_cast<uint32_t>(state.BusySlots(id).size()));
    view.set_numeric_kind(worker.numeric_kind);
  }
  status_store_.PublishWorkers(std::move(views));
}

void Conductor::React(CoordinatorState& state, const v1::Event& event) {
  const ExperimentMachine& machine = *state.Find(event.experiment_id());
  const auto over = [&](const std::string& trial_id, uint32_t attempt, const v1::Reason& reason) {
    StopRanks(machine, *machine.FindTrial(trial_id), reason);
    rendezvous_.End(machine.id(), trial_id, attempt);
  };
  switch (event.event_case()) {
    case v1::Event::kSubmitted:
      LogInfo(absl::StrCat("experiment ", machine.id(), " submitted: ", machine.spec().name()));
      BeginPlan(machine);
      break;
    case v1::Event::kAttemptStarted: {
      const TrialStatus& trial = *machine.FindTrial(event.attempt_started().trial_id());
      LogInfo(absl::StrCat(machine.id(), " ", trial.id, ": attempt ", trial.attempt, " starts"));
      StartRanks(machine, trial, [](const v1::Placement&) { return true; });
      break;
    }
    case v1::Event::kAttemptFailed: {
      const v1::AttemptFailed& failed = event.attempt_failed();
      LogWarning(absl::StrCat(machine.id(), " ", failed.trial_id(), ": attempt ", failed.attempt(),
                              " failed: ", failed.reason().message(),
                              failed.retry() ? "; tried again" : ""));
      over(failed.trial_id(), failed.attempt(), failed.reason());
      if (!failed.last_finite().empty()) BeginLink(machine);
      break;
    }
    case v1::Event::kAttemptFinished: {
      const v1::AttemptFinished& finished = event.attempt_finished();
      LogInfo(absl::StrCat(machine.id(), " ", finished.trial_id(), ": done"));
      rendezvous_.End(machine.id(), finished.trial_id(), finished.attempt());
      BeginLink(machine);
      break;
    }
    case v1::Event::kCancelled: {
      v1::Reason reason;
      reason.set_code(v1::REASON_CODE_CANCELLED);
      reason.set_message("cancelled by an operator");
      for (const TrialStatus& trial : machine.trials()) {
        if (trial.state == v1::TRIAL_STATE_CANCELLED && trial.attempt > 0) {
          over(trial.id, trial.attempt, reason);
        }
      }
      break;
    }
    default:
      break;
  }
}

void Conductor::Resume(CoordinatorState& state) {
  state.MarkNotified();
  std::set<std::string> all;
  for (const auto& [id, machine] : state.experiments()) {
    all.insert(id);
    if (machine.state() == v1::EXPERIMENT_STATE_ADMITTING) BeginPlan(machine);
  }
  PublishExperiments(state, std::move(all));
}

void Conductor::MakePlanFor(const std::string& experiment_id, const v1::ExperimentSpec& spec) {
  absl::StatusOr<PlanOutcome> outcome = planner_.Make(spec, [&](const v1::Admission& admission) {
    status_store_.SetAdmission(experiment_id, admission);
  });
  if (!outcome.ok()) return;  // This coordinator stops; the next one plans it.
  Command command = outcome->plan.has_value() ? Command(AdoptPlan{*std::move(outcome->plan)})
                                              : Command(Reject{std::move(outcome->reasons)});
  Wish(experiment_id, std::move(command));
}

void Conductor::Wish(const std::string& experiment_id, Command command) {
  const bool adopts = std::holds_alternative<AdoptPlan>(command);
  ledger_->RunAlways([experiment_id, command = std::move(command)](
                         CoordinatorState& state) { return state.Decide(experiment_id, command); },
                     [this, experiment_id, adopts](const absl::Status& status) {
                       if (status.ok()) return;
                       LogWarning(absl::StrCat(experiment_id, ": ", status.message()));
                       if (status.code() != absl::StatusCode::kInvalidArgument || !adopts) return;
                       // A plan that cannot be kept would leave it waiting for ever.
                       v1::Reason reason;
                       reason.set_code(v1::REASON_CODE_INTERNAL);
                       reason.set_message(std::string(status.message()));
                       Wish(experiment_id, Reject{{reason}});
                     });
}

void Conductor::StartRanks(const ExperimentMachine& machine, const TrialStatus& trial,
                           const std::function<bool(const v1::Placement&)>& which) {
  for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
    if (!which(trial.gang[rank])) continue;
    Begin([this, copy = machine, id = trial.id, attempt = trial.attempt, rank,
           placement = trial.gang[rank]] {
      auto message = StartMessage(copy, id, attempt, rank, placement);
      if (message.ok()) {
        // By the ledger's thread: after the answer to the worker's Hello, and
        // never after the rank was told to stop.
        ledger_->RunAlways(
            [this, worker = placement.worker_id(), message = *std::move(message)](
                CoordinatorState& now) mutable -> absl::StatusOr<LedgerEvents> {
              if (now.IsCurrent(message.start().rank())) links_.Send(worker, std::move(message));
              return LedgerEvents();
            },
            [](const absl::Status&) {});
        return;
      }
      v1::RankExited exited;
      exited.mutable_rank()->set_experiment_id(copy.id());
      exited.mutable_rank()->set_trial_id(id);
      exited.mutable_rank()->set_attempt(attempt);
      exited.mutable_reason()->set_code(v1::REASON_CODE_INTERNAL);
      exited.mutable_reason()->set_message(std::string(message.status().message()));
      OnExited(exited);
    });
  }
}

namespace {

// Digest of the weights that the trial begins with; empty: they are drawn.
absl::StatusOr<std::string> InitialWeightsOf(const ExperimentMachine& machine,
                                             const PlannedTrial& trial) {
  const v1::Init& init = trial.arm->init();
  if (init.has_weights()) return absl::HexStringToBytes(init.sha256());
  if (trial.parent.empty()) return std::string();
  const TrialStatus& parent = *machine.FindTrial(trial.parent);
  const v1::Artifact* const weights =
      FindArtifact(*parent.finished.at(0), v1::ARTIFACT_KIND_WEIGHTS);
  return weights->sha256();
}

}  // namespace

absl::StatusOr<v1::ToWorker> Conductor::StartMessage(const ExperimentMachine& machine,
                                                     const std::string& trial_id, uint32_t attempt,
                                                     uint32_t rank,
                                                     const v1::Placement& placement) {
  const v1::Plan& plan = *machine.plan();
  v1::ToWorker message;
  v1::StartRank& start = *message.mutable_start();
  start.mutable_rank()->set_experiment_id(machine.id());
  start.mutable_rank()->set_trial_id(trial_id);
  start.mutable_rank()->set_attempt(attempt);
  start.mutable_rank()->set_rank(rank);
  start.set_world_size(plan.spec().resources().slots_per_trial());
  start.set_slot(placement.slot());
  GYRUS_ASSIGN_OR_RETURN(const PlannedTrial planned, FindTrial(plan, trial_id));
  GYRUS_ASSIGN_OR_RETURN(*start.mutable_trial(), MakeTrialSpec(plan, machine.id(), trial_id));
  GYRUS_ASSIGN_OR_RETURN(*start.mutable_trial()->mutable_init_sha256(),
                         InitialWeightsOf(machine, planned));
  const v1::GrantBody body = MakeGrantBody(start.trial(), attempt, planned.plan->table_digests());
  start.mutable_grant()->set_body(body.SerializeAsString());
  start.mutable_grant()->set_signature(parts_.key.Sign(start.grant().body()));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> addresses, parts_.loaders.Addresses());
  for (const auto& [cohort, loader] : plan.loaders()) {
    if (loader >= addresses.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the loader of cohort ", cohort, " is not among this coordinator's"));
    }
    (*start.mutable_loaders())[cohort] = addresses[loader];
  }
  return message;
}

void Conductor::StopRanks(const ExperimentMachine& machine, const TrialStatus& trial,
                          const v1::Reason& reason) {
  for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
    v1::ToWorker message;
    v1::RankId& id = *message.mutable_stop()->mutable_rank();
    id.set_experiment_id(machine.id());
    id.set_trial_id(trial.id);
    id.set_attempt(trial.attempt);
    id.set_rank(rank);
    *message.mutable_stop()->mutable_reason() = reason;
    links_.Send(trial.gang[rank].worker_id(), std::move(message));
  }
}

void Conductor::Begin(absl::AnyInvocable<void()> work) {
  if (!closing_) io_->Run(std::move(work));
}

void Conductor::BeginPlan(const ExperimentMachine& machine) {
  if (closing_) return;
  planning_->Run([this, id = machine.id(), spec = machine.spec()] { MakePlanFor(id, spec); });
}

void Conductor::Schedule() {
  if (closing_) return;
  ledger_->RunAlways(
      [](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        return state.DecideSchedule();
      },
      [](const absl::Status&) {});
}

void Conductor::BeginLink(const ExperimentMachine& machine) {
  Begin([this, copy = machine] {
    if (const absl::Status status = LinkFiles(copy); !status.ok()) LogError(status.message());
  });
}

absl::Status Conductor::LinkFiles(const ExperimentMachine& machine) {
  const std::string& run = parts_.folder.path();
  for (const PlannedTrial& planned : TrialsOf(*machine.plan())) {
    const TrialStatus& trial = *machine.FindTrial(planned.id);
    for (const v1::Artifact& artifact : trial.last_finite) {
      const bool weights = artifact.kind() == v1::ARTIFACT_KIND_WEIGHTS;
      const absl::Status linked = parts_.vault.LinkTo(
          artifact.sha256(), absl::StrCat(run, "/", FailedFolderOf(machine, planned), "/",
                                          weights ? "weights.safetensors" : "checkpoint.pb"));
      if (!linked.ok()) LogWarning(linked.message());  // No result needs them.
    }
    if (trial.state != v1::TRIAL_STATE_DONE) continue;
    const std::string checkpoint = absl::StrCat(run, "/", CheckpointFolderOf(machine, planned));
    const std::pair<v1::ArtifactKind, std::string> names[] = {
        {v1::ARTIFACT_KIND_PREDICTIONS,
         absl::StrCat(run, "/", PredictionsFileOf(machine, planned))},
        {v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS,
         absl::StrCat(run, "/", ExternalFileOf(machine, planned))},
        {v1::ARTIFACT_KIND_TRANSFER, absl::StrCat(checkpoint, "/transfer.tsv")},
        {v1::ARTIFACT_KIND_WEIGHTS, absl::StrCat(checkpoint, "/weights.safetensors")},
        {v1::ARTIFACT_KIND_CHECKPOINT, absl::StrCat(checkpoint, "/checkpoint.pb")}};
    for (const auto& [kind, path] : names) {
      const v1::Artifact* const artifact = FindArtifact(*trial.finished.at(0), kind);
      if (artifact == nullptr) continue;
      // A training that tests nothing predicts nothing.
      if (kind == v1::ARTIFACT_KIND_PREDICTIONS && planned.fold->test().empty()) continue;
      GYRUS_RETURN_IF_ERROR(parts_.vault.LinkTo(artifact->sha256(), path));
    }
  }
  return absl::OkStatus();
}

}  // namespace gyrus
