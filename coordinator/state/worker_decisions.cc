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

std::vector<WorkerSlots> CoordinatorState::FreeSlots() const {
  std::vector<WorkerSlots> workers;
  for (const auto& [id, worker] : workers_) {
    if (!worker.connected()) continue;
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
  const std::string* awaited = nullptr;
  const std::vector<std::string> holders = checkpoints_.Of(trial);
  for (const std::string& id : holders) {
    const auto worker = workers_.find(id);
    if (worker == workers_.end()) continue;
    if (worker->second.connected()) {
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

QueueSchedule CoordinatorState::MakeSchedule(absl::Duration now) const {
  return ScheduleQueue(queue_, FreeSlots(), [this, now](const QueuedTrial& trial) {
    return HintFor({trial.experiment_id, trial.number}, now);
  });
}

void CoordinatorState::KeepWaiting(const QueueSchedule& schedule) {
  waiting_ = {.by_class = schedule.waiting};
  for (const auto& [trial, reason] : schedule.on_hold) {
    waiting_.by_trial.insert({{trial.experiment_id, trial.number}, reason});
  }
}

void CoordinatorState::RefreshWaiting(absl::Duration now) { KeepWaiting(MakeSchedule(now)); }

CoordinatorState::Events CoordinatorState::DecideSchedule(absl::Duration now) {
  if (pending_notification_) return {};
  const QueueSchedule schedule = MakeSchedule(now);
  KeepWaiting(schedule);
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
  return trial != nullptr && !IsTerminal(*trial) ? trial : nullptr;
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
