// CoordinatorState: what follows from the coming and going of workers, and from
// the slots and checkpoints that they have.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/state/coordinator_state.h"

namespace gyrus {

// A worker with a new incarnation has lost its trainers. Its attempts therefore fail at
// once instead of after a time-out.
absl::StatusOr<CoordinatorState::Events> CoordinatorState::DecideHello(const v1::Hello& hello,
                                                                       const void* link) {
  const std::string& id = hello.worker_id();
  WorkerState& worker = workers_[id];
  if (hello.incarnation() < worker.incarnation) {
    return absl::AbortedError(
        absl::StrCat("incarnation ", worker.incarnation, " of worker ", id, " is connected"));
  }
  // Whoever started it again may have mended its host.
  if (hello.incarnation() > worker.incarnation) resting_.Remove(id);
  worker = {.incarnation = hello.incarnation(),
            .slots = hello.slots(),
            .numeric_kind = hello.numeric_kind(),
            .link = link};
  // The Hello lists all checkpoints of the host, so older knowledge is replaced.
  checkpoints_.RemoveWorker(id);
  for (const v1::HostCheckpoint& checkpoint : hello.checkpoints()) {
    const TrialStatus* const trial = FindOpen(checkpoint.experiment_id(), checkpoint.trial_id());
    if (trial == nullptr) continue;
    checkpoints_.Add({checkpoint.experiment_id(), trial->number}, id, checkpoint.step());
  }
  v1::Reason reason;
  reason.set_code(v1::REASON_CODE_WORKER_RESTARTED);
  reason.set_message(absl::StrCat("worker ", id, " was started again"));
  return FailOn({id}, [&](const v1::Placement& placement) {
    const bool older = placement.worker_id() == id && placement.incarnation() < hello.incarnation();
    return older ? &reason : nullptr;
  });
}

void CoordinatorState::Disconnected(const std::string& worker_id, const void* link,
                                    absl::Duration now) {
  const auto found = workers_.find(worker_id);
  if (found == workers_.end() || found->second.link != link) return;
  found->second.link = nullptr;
  found->second.lost_since = now;
}

CoordinatorState::Events CoordinatorState::DecideLost(absl::Duration now) {
  // A worker that has not been connected since this program started has one
  // adoption window from the first call.
  const absl::Duration adopted =
      now - options_.lost_after + std::min(options_.lost_after, options_.adoption_window);
  for (const std::string& id : occupied_.Workers()) {
    workers_.try_emplace(id, WorkerState{.lost_since = adopted});
  }
  std::map<std::string, v1::Reason> lost;
  std::vector<std::string> ids;
  for (const auto& [id, worker] : workers_) {
    if (worker.connected() || now - worker.lost_since < options_.lost_after) continue;
    ids.push_back(id);
    lost[id].set_code(v1::REASON_CODE_PEER_LOST);
    lost[id].set_message(absl::StrCat("worker ", id, " has not been connected for ",
                                      absl::FormatDuration(options_.lost_after)));
  }
  return FailOn(ids, [&lost](const v1::Placement& placement) {
    const auto found = lost.find(placement.worker_id());
    return found == lost.end() ? nullptr : &found->second;
  });
}

std::string CoordinatorState::WorkerOf(const TrialStatus& trial, uint32_t rank) {
  return rank < trial.gang.size() ? trial.gang[rank].worker_id() : "";
}

void CoordinatorState::NoteFaults(const v1::Event& event, const ExperimentMachine& machine) {
  if (event.has_attempt_failed()) {
    const v1::AttemptFailed& failed = event.attempt_failed();
    new_faults_.push_back({{machine.id(), machine.FindTrial(failed.trial_id())->number},
                           failed.worker_id(),
                           failed.reason()});
  } else if (event.has_attempt_finished()) {
    const TrialStatus& trial = *machine.FindTrial(event.attempt_finished().trial_id());
    held_.Remove({machine.id(), trial.number});
    for (const v1::Placement& placement : trial.gang) resting_.Remove(placement.worker_id());
  } else if (event.has_trials_reopened()) {
    for (const std::string& id : event.trials_reopened().trial_ids()) {
      held_.Remove({machine.id(), machine.FindTrial(id)->number});
    }
  }
}

void CoordinatorState::BeginPauses(absl::Duration now) {
  for (const NewFault& fault : new_faults_) {
    resting_.AddFault(fault.worker_id, fault.trial, fault.reason, now);
    const ExperimentMachine& machine = experiments_.at(fault.trial.experiment_id);
    if (IsTerminal(machine.trials()[fault.trial.number])) {
      held_.Remove(fault.trial);
    } else {
      held_.AddFault(fault.trial, fault.reason, now);
    }
  }
  new_faults_.clear();
}

std::vector<WorkerSlots> CoordinatorState::FreeSlots(absl::Duration now) const {
  std::vector<WorkerSlots> workers;
  for (const auto& [id, worker] : workers_) {
    if (!worker.connected() || resting_.ReasonOf(id, now).has_value()) continue;
    WorkerSlots slots{.worker_id = id,
                      .incarnation = worker.incarnation,
                      .numeric_kind = worker.numeric_kind,
                      .slots = worker.slots};
    const std::vector<uint32_t> busy = occupied_.SlotsOn(id);
    for (uint32_t slot = 0; slot < worker.slots; ++slot) {
      if (!std::binary_search(busy.begin(), busy.end(), slot)) slots.free.push_back(slot);
    }
    workers.push_back(std::move(slots));
  }
  return workers;
}

// A worker that was connected a moment ago is probably coming back. Waiting for its
// checkpoint is cheaper than training again from step 0.
CheckpointHint CoordinatorState::HintFor(const TrialKey& trial, absl::Duration now) const {
  CheckpointHint hint;
  hint.hold = held_.ReasonOf(trial, now);
  if (hint.hold.has_value()) return hint;
  const std::string* awaited = nullptr;
  const std::vector<std::string> holders = checkpoints_.Of(trial);
  for (const std::string& id : holders) {
    const auto worker = workers_.find(id);
    if (worker == workers_.end()) continue;
    if (worker->second.connected()) {
      // A host that fails may have the newest checkpoint, but it cannot continue.
      if (resting_.ReasonOf(id, now).has_value()) continue;
      hint.workers.push_back(id);
    } else if (awaited == nullptr && now - worker->second.lost_since < options_.adoption_window) {
      awaited = &id;
    }
  }
  if (!hint.workers.empty() || awaited == nullptr) return hint;
  hint.hold.emplace().set_code(v1::REASON_CODE_WAITING_FOR_CHECKPOINT);
  hint.hold->set_message(absl::StrCat("worker ", *awaited,
                                      ", which may have a checkpoint of it, is not connected; it "
                                      "is waited for during ",
                                      absl::FormatDuration(options_.adoption_window)));
  return hint;
}

QueueSchedule CoordinatorState::MakeSchedule(absl::Duration now) {
  BeginPauses(now);
  QueueSchedule schedule =
      ScheduleQueue(queue_, FreeSlots(now), [this, now](const QueuedTrial& trial) {
        return HintFor({trial.experiment_id, trial.number}, now);
      });
  KeepWaiting(schedule, now);
  return schedule;
}

void CoordinatorState::KeepWaiting(const QueueSchedule& schedule, absl::Duration now) {
  waiting_ = {.by_class = schedule.waiting};
  for (const auto& [trial, reason] : schedule.on_hold) {
    waiting_.by_trial.insert({{trial.experiment_id, trial.number}, reason});
  }
  bool all_rest = true;
  for (const auto& [id, worker] : workers_) {
    if (!worker.connected()) continue;
    const auto reason = resting_.ReasonOf(id, now);
    if (reason.has_value()) waiting_.resting.emplace(id, *reason);
    all_rest = all_rest && reason.has_value();
  }
  if (waiting_.resting.empty() || !all_rest) return;
  for (auto& [trial_class, reason] : waiting_.by_class) reason = waiting_.resting.begin()->second;
}

void CoordinatorState::RefreshWaiting(absl::Duration now) { MakeSchedule(now); }

CoordinatorState::Events CoordinatorState::DecideSchedule(absl::Duration now) {
  if (pending_notification_) return {};
  const QueueSchedule schedule = MakeSchedule(now);
  Events events;
  for (const QueuedAssignment& assignment : schedule.assignments) {
    const ExperimentMachine& machine = experiments_.at(assignment.trial.experiment_id);
    const auto caused = machine.Decide(StartAttempt{machine.trials()[assignment.trial.number].id,
                                                    assignment.gang, assignment.numeric_kind});
    if (caused.ok()) events.insert(events.end(), caused->begin(), caused->end());
  }
  return events;
}

std::vector<std::string> CoordinatorState::ForgetCheckpoints(const std::string& experiment_id,
                                                             uint32_t number) {
  return checkpoints_.RemoveTrial({experiment_id, number});
}

const TrialStatus* CoordinatorState::FindOpen(const std::string& experiment_id,
                                              const std::string& trial_id) const {
  const ExperimentMachine* const machine = Find(experiment_id);
  const TrialStatus* const trial = machine == nullptr ? nullptr : machine->FindTrial(trial_id);
  const bool open =
      trial != nullptr &&
      (!IsTerminal(*trial) || (trial->state == v1::TRIAL_STATE_FAILED && !machine->cancelled()));
  return open ? trial : nullptr;
}

std::vector<v1::ForgetTrial> CoordinatorState::ObsoleteCheckpoints(const v1::Hello& hello) const {
  std::vector<v1::ForgetTrial> obsolete;
  std::set<std::pair<std::string, std::string>> named;
  for (const v1::HostCheckpoint& checkpoint : hello.checkpoints()) {
    if (FindOpen(checkpoint.experiment_id(), checkpoint.trial_id()) != nullptr) continue;
    if (!named.emplace(checkpoint.experiment_id(), checkpoint.trial_id()).second) continue;
    obsolete.emplace_back().set_experiment_id(checkpoint.experiment_id());
    obsolete.back().set_trial_id(checkpoint.trial_id());
  }
  return obsolete;
}

}  // namespace gyrus
