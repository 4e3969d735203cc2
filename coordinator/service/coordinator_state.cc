#include "coordinator/service/coordinator_state.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::Duration kAdoptionWindow = absl::Seconds(10);

}  // namespace

absl::Status CoordinatorState::Apply(const v1::Event& event) {
  const auto [found, fresh] =
      experiments_.try_emplace(event.experiment_id(), ExperimentMachine(event.experiment_id()));
  GYRUS_RETURN_IF_ERROR(found->second.Apply(event));
  pending_notification_ = pending_notification_ || event.has_attempt_failed();
  if (event.has_submitted()) by_request_[event.submitted().request_id()] = event.experiment_id();
  return absl::OkStatus();
}

const ExperimentMachine* CoordinatorState::Find(const std::string& id) const {
  const auto found = experiments_.find(id);
  return found == experiments_.end() ? nullptr : &found->second;
}

bool CoordinatorState::IsCurrent(const v1::RankId& rank) const {
  const ExperimentMachine* const machine = Find(rank.experiment_id());
  const TrialStatus* const trial =
      machine == nullptr ? nullptr : machine->FindTrial(rank.trial_id());
  return trial != nullptr && trial->attempt == rank.attempt() &&
         trial->state == v1::TRIAL_STATE_RUNNING;
}

absl::StatusOr<LedgerEvents> CoordinatorState::DecideSubmit(const v1::SubmitRequest& request,
                                                            const std::string& fresh,
                                                            std::string& id) const {
  Submit command{.request_id = request.request_id(), .spec = request.spec()};
  if (const auto known = by_request_.find(request.request_id()); known != by_request_.end()) {
    id = known->second;
    return experiments_.at(id).Decide(command);
  }
  id = fresh;
  if (!experiments_.empty()) command.folder = absl::StrCat("experiments/", id);
  return ExperimentMachine(id).Decide(command);
}

absl::StatusOr<LedgerEvents> CoordinatorState::Decide(const std::string& experiment_id,
                                                      const Command& command) {
  const ExperimentMachine* const machine = Find(experiment_id);
  if (machine == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  return machine->Decide(command);
}

LedgerEvents CoordinatorState::FailWhere(
    absl::FunctionRef<const v1::Reason*(const v1::Placement&)> why) const {
  LedgerEvents events;
  for (const auto& [id, machine] : experiments_) {
    // Each failure is decided upon what those before it have left.
    std::optional<ExperimentMachine> after;
    for (const TrialStatus& trial : machine.trials()) {
      if (trial.state != v1::TRIAL_STATE_RUNNING) continue;
      const v1::Reason* reason = nullptr;
      for (const v1::Placement& placement : trial.gang)
        reason = reason == nullptr ? why(placement) : reason;
      if (reason == nullptr) continue;
      if (!after.has_value()) after = machine;
      const auto caused = after->Decide(FailAttempt{trial.id, trial.attempt, *reason});
      if (!caused.ok()) continue;
      for (const v1::Event& event : *caused) {
        if (after->Apply(event).ok()) events.push_back(event);
      }
    }
  }
  return events;
}

absl::StatusOr<LedgerEvents> CoordinatorState::DecideHello(const v1::Hello& hello,
                                                           const WorkerLink* link) {
  WorkerState& worker = workers_[hello.worker_id()];
  if (hello.incarnation() < worker.incarnation) {
    return absl::AbortedError(absl::StrCat("incarnation ", worker.incarnation, " of worker ",
                                           hello.worker_id(), " is here already"));
  }
  worker = {.incarnation = hello.incarnation(),
            .slots = hello.slots(),
            .numeric_kind = hello.numeric_kind(),
            .link = link};
  v1::Reason reason;
  reason.set_code(v1::REASON_CODE_WORKER_RESTARTED);
  reason.set_message(absl::StrCat("worker ", hello.worker_id(), " was started again"));
  return FailWhere([&](const v1::Placement& placement) {
    const bool older =
        placement.worker_id() == hello.worker_id() && placement.incarnation() < hello.incarnation();
    return older ? &reason : nullptr;
  });
}

void CoordinatorState::Disconnected(const std::string& worker_id, const WorkerLink* link,
                                    absl::Duration now) {
  const auto found = workers_.find(worker_id);
  if (found == workers_.end() || found->second.link != link) return;
  found->second.link = nullptr;
  found->second.lost_since = now;
}

absl::StatusOr<LedgerEvents> CoordinatorState::DecideLost(absl::Duration now,
                                                          absl::Duration patience) {
  // A worker of which nothing was heard since this program started has one
  // adoption window from the first call.
  const absl::Duration adopted = now - patience + std::min(patience, kAdoptionWindow);
  ForEachRunning([&](const ExperimentMachine&, const TrialStatus& trial) {
    for (const v1::Placement& placement : trial.gang) {
      workers_.try_emplace(placement.worker_id(), WorkerState{.lost_since = adopted});
    }
  });
  std::map<std::string, v1::Reason> lost;
  for (const auto& [id, worker] : workers_) {
    if (worker.connected() || now - worker.lost_since < patience) continue;
    lost[id].set_code(v1::REASON_CODE_PEER_LOST);
    lost[id].set_message(
        absl::StrCat("worker ", id, " was not heard of for ", absl::FormatDuration(patience)));
  }
  return FailWhere([&lost](const v1::Placement& placement) {
    const auto found = lost.find(placement.worker_id());
    return found == lost.end() ? nullptr : &found->second;
  });
}

absl::StatusOr<LedgerEvents> CoordinatorState::DecideRecord(const v1::SpooledRecord& record) {
  const v1::RankId& rank = record.rank();
  if (!IsCurrent(rank)) {
    return absl::AbortedError(
        absl::StrCat("attempt ", rank.attempt(), " of ", rank.trial_id(), " is over"));
  }
  const ExperimentMachine* const machine = Find(rank.experiment_id());
  if (record.record().has_finished()) {
    return machine->Decide(
        FinishRank{rank.trial_id(), rank.attempt(), rank.rank(), record.record().finished()});
  }
  if (record.record().has_failed()) {
    const auto& last = record.record().last_finite();
    return machine->Decide(FailAttempt{.trial_id = rank.trial_id(),
                                       .attempt = rank.attempt(),
                                       .reason = record.record().failed(),
                                       .last_finite = {last.begin(), last.end()}});
  }
  return LedgerEvents();
}

std::vector<ReadyTrial> CoordinatorState::ReadyTrials() const {
  // First come, first served.
  std::vector<const ExperimentMachine*> machines;
  for (const auto& [id, machine] : experiments_) {
    if (machine.state() == v1::EXPERIMENT_STATE_RUNNING) machines.push_back(&machine);
  }
  std::sort(machines.begin(), machines.end(),
            [](const ExperimentMachine* a, const ExperimentMachine* b) {
              return std::pair(a->submitted_us(), a->id()) < std::pair(b->submitted_us(), b->id());
            });
  std::vector<ReadyTrial> ready;
  for (const ExperimentMachine* machine : machines) {
    const uint32_t world = machine->plan()->spec().resources().slots_per_trial();
    for (const TrialStatus& trial : machine->trials()) {
      if (trial.state != v1::TRIAL_STATE_PENDING || !machine->IsReady(trial)) continue;
      ready.push_back({.experiment_id = machine->id(),
                       .trial_id = trial.id,
                       .world_size = world,
                       .numeric_kind = trial.numeric_kind});
    }
  }
  return ready;
}

std::vector<uint32_t> CoordinatorState::BusySlots(const std::string& worker_id) const {
  std::vector<uint32_t> busy;
  ForEachRunning([&](const ExperimentMachine&, const TrialStatus& trial) {
    for (size_t rank = 0; rank < trial.gang.size(); ++rank) {
      if (trial.gang[rank].worker_id() == worker_id) busy.push_back(trial.gang[rank].slot());
    }
  });
  return busy;
}

std::vector<WorkerSlots> CoordinatorState::FreeSlots() const {
  std::vector<WorkerSlots> workers;
  for (const auto& [id, worker] : workers_) {
    if (!worker.connected()) continue;
    WorkerSlots slots{.worker_id = id,
                      .incarnation = worker.incarnation,
                      .numeric_kind = worker.numeric_kind,
                      .slots = worker.slots};
    const std::vector<uint32_t> busy = BusySlots(id);
    for (uint32_t slot = 0; slot < worker.slots; ++slot) {
      if (std::find(busy.begin(), busy.end(), slot) == busy.end()) slots.free.push_back(slot);
    }
    workers.push_back(std::move(slots));
  }
  return workers;
}

LedgerEvents CoordinatorState::DecideSchedule() {
  if (pending_notification_) return {};
  const ScheduleResult result = Schedule(ReadyTrials(), FreeSlots());
  waiting_.clear();
  for (const WaitingTrial& trial : result.waiting) {
    waiting_[{trial.experiment_id, trial.trial_id}] = trial.reason;
  }
  LedgerEvents events;
  for (const Assignment& assignment : result.assignments) {
    const auto caused =
        Find(assignment.experiment_id)
            ->Decide(StartAttempt{assignment.trial_id, assignment.gang, assignment.numeric_kind});
    if (caused.ok()) events.insert(events.end(), caused->begin(), caused->end());
  }
  return events;
}

v1::Reason CoordinatorState::WaitingReason(const std::string& experiment_id,
                                           const std::string& trial_id) const {
  const auto found = waiting_.find({experiment_id, trial_id});
  return found == waiting_.end() ? v1::Reason() : found->second;
}

}  // namespace gyrus
