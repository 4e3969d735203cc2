#include "coordinator/state/coordinator_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

TrialClass TrialClassOf(const ExperimentMachine& machine, const TrialStatus& trial) {
  return {machine.plan()->spec().resources().slots_per_trial(), trial.numeric_kind};
}

bool IsQueued(const ExperimentMachine& machine, const TrialStatus& trial) {
  return trial.state == v1::TRIAL_STATE_PENDING && machine.IsReady(trial);
}

// For maps from anything to reasons.
template <typename Map>
bool SameReasons(const Map& a, const Map& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.code() == y.second.code() &&
           x.second.message() == y.second.message();
  });
}

}  // namespace

bool operator==(const WaitingReasons& a, const WaitingReasons& b) {
  return SameReasons(a.by_class, b.by_class) && SameReasons(a.by_trial, b.by_trial) &&
         SameReasons(a.resting, b.resting);
}

v1::Reason WaitingReasons::Of(const ExperimentMachine& machine, const TrialStatus& trial) const {
  if (machine.plan() == nullptr || !IsQueued(machine, trial)) return {};
  if (const auto found = by_trial.find({machine.id(), trial.number}); found != by_trial.end()) {
    return found->second;
  }
  const auto found = by_class.find(TrialClassOf(machine, trial));
  return found == by_class.end() ? v1::Reason() : found->second;
}

std::vector<uint32_t> CoordinatorState::TrialsAffectedBy(const v1::Event& event,
                                                         const ExperimentMachine& machine) {
  std::vector<uint32_t> numbers;
  const auto add = [&](const std::string& trial_id, bool with_children) {
    const TrialStatus* const trial = machine.FindTrial(trial_id);
    if (trial == nullptr) return;
    numbers.push_back(trial->number);
    if (!with_children) return;
    const auto children = machine.planned()->ChildrenOf(trial->number);
    numbers.insert(numbers.end(), children.begin(), children.end());
  };
  switch (event.event_case()) {
    case v1::Event::kPlanned:
    case v1::Event::kCancelled:
      for (const TrialStatus& trial : machine.trials()) numbers.push_back(trial.number);
      break;
    case v1::Event::kAttemptStarted:
      add(event.attempt_started().trial_id(), false);
      break;
    case v1::Event::kAttemptFailed:
      // Those that depend on it were never ready.
      add(event.attempt_failed().trial_id(), false);
      break;
    case v1::Event::kAttemptFinished:
      add(event.attempt_finished().trial_id(), true);
      break;
    case v1::Event::kTrialsReopened:
      for (const std::string& trial : event.trials_reopened().trial_ids()) add(trial, false);
      break;
    default:
      break;
  }
  return numbers;
}

void CoordinatorState::AddToIndexes(const ExperimentMachine& machine, uint32_t number) {
  const TrialStatus& trial = machine.trials()[number];
  if (IsQueued(machine, trial)) {
    queue_.Add(TrialClassOf(machine, trial), {machine.submitted_us(), machine.id(), number});
  }
  if (trial.state == v1::TRIAL_STATE_RUNNING) occupied_.Add({machine.id(), number}, trial);
}

void CoordinatorState::RemoveFromIndexes(const ExperimentMachine& machine, uint32_t number) {
  const TrialStatus& trial = machine.trials()[number];
  if (IsQueued(machine, trial)) {
    queue_.Remove(TrialClassOf(machine, trial), {machine.submitted_us(), machine.id(), number});
  }
  if (trial.state == v1::TRIAL_STATE_RUNNING) occupied_.Remove({machine.id(), number}, trial);
}

absl::Status CoordinatorState::Apply(const v1::Event& event) {
  const auto found = experiments_
                         .try_emplace(event.experiment_id(), event.experiment_id(), kMaxAttempts,
                                      options_.trial_counter)
                         .first;
  ExperimentMachine& machine = found->second;
  // The indexes hold facts about trials as they are now. The affected trials are taken out
  // before the event and put back after it.
  std::vector<uint32_t> affected = TrialsAffectedBy(event, machine);
  for (const uint32_t number : affected) RemoveFromIndexes(machine, number);
  const absl::Status status = machine.Apply(event);
  // Trials exist only after the plan.
  if (event.has_planned()) affected = TrialsAffectedBy(event, machine);
  for (const uint32_t number : affected) AddToIndexes(machine, number);
  GYRUS_RETURN_IF_ERROR(status);
  pending_notification_ = pending_notification_ || event.has_attempt_failed();
  NoteFaults(event, machine);
  if (event.has_submitted()) by_request_[event.submitted().request_id()] = event.experiment_id();
  return absl::OkStatus();
}

void CoordinatorState::Recovered(absl::Duration now) {
  new_faults_.clear();
  for (const auto& [trial_class, trials] : queue_.classes()) {
    for (const QueuedTrial& queued : trials) {
      const TrialStatus& trial = experiments_.at(queued.experiment_id).trials()[queued.number];
      if (trial.attempt == 0) continue;
      const std::string& worker = trial.gang.front().worker_id();
      workers_.try_emplace(worker, WorkerState{.lost_since = now});
      checkpoints_.Add({queued.experiment_id, queued.number}, worker, 0);
    }
  }
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

absl::StatusOr<CoordinatorState::Events> CoordinatorState::DecideSubmit(
    const v1::SubmitRequest& request, const std::string& fresh, std::string& id) const {
  Submit command{.request_id = request.request_id(), .spec = request.spec()};
  if (const auto known = by_request_.find(request.request_id()); known != by_request_.end()) {
    id = known->second;
    return experiments_.at(id).Decide(command);
  }
  id = fresh;
  if (!experiments_.empty()) command.folder = absl::StrCat("experiments/", id);
  return ExperimentMachine(id).Decide(command);
}

absl::StatusOr<CoordinatorState::Events> CoordinatorState::Decide(const std::string& experiment_id,
                                                                  const Command& command) const {
  const ExperimentMachine* const machine = Find(experiment_id);
  if (machine == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  return machine->Decide(command);
}

CoordinatorState::Events CoordinatorState::FailOn(
    const std::vector<std::string>& workers,
    absl::FunctionRef<const v1::Reason*(const v1::Placement&)> why) const {
  std::set<TrialKey> keys;
  for (const std::string& worker : workers) keys.merge(occupied_.TrialsOn(worker));
  Events events;
  // Each failure is decided upon what those before it have left. A copy of a
  // machine is cheap.
  std::map<std::string, ExperimentMachine> after;
  for (const TrialKey& key : keys) {
    ExperimentMachine& machine =
        after.try_emplace(key.experiment_id, experiments_.at(key.experiment_id)).first->second;
    const TrialStatus trial = machine.trials()[key.number];
    const v1::Reason* reason = nullptr;
    for (const v1::Placement& placement : trial.gang) {
      if (reason == nullptr) reason = why(placement);
    }
    if (reason == nullptr) continue;
    const auto caused = machine.Decide(FailAttempt{trial.id, trial.attempt, *reason});
    if (!caused.ok()) continue;
    for (const v1::Event& event : *caused) {
      if (machine.Apply(event).ok()) events.push_back(event);
    }
  }
  return events;
}

void CoordinatorState::ForEachTrialOn(
    const std::string& worker_id,
    absl::FunctionRef<void(const ExperimentMachine&, const TrialStatus&)> fn) const {
  for (const TrialKey& key : occupied_.TrialsOn(worker_id)) {
    const ExperimentMachine& machine = experiments_.at(key.experiment_id);
    fn(machine, machine.trials()[key.number]);
  }
}

absl::StatusOr<CoordinatorState::Events> CoordinatorState::DecideRecord(
    const v1::SpooledRecord& record) {
  const v1::RankId& rank = record.rank();
  if (!IsCurrent(rank)) {
    return absl::AbortedError(
        absl::StrCat("attempt ", rank.attempt(), " of ", rank.trial_id(), " has ended"));
  }
  const ExperimentMachine& machine = *Find(rank.experiment_id());
  if (record.record().has_finished()) {
    return machine.Decide(
        FinishRank{rank.trial_id(), rank.attempt(), rank.rank(), record.record().finished()});
  }
  if (record.record().has_failed()) {
    const auto& last = record.record().last_finite();
    return machine.Decide(
        FailAttempt{.trial_id = rank.trial_id(),
                    .attempt = rank.attempt(),
                    .reason = record.record().failed(),
                    .last_finite = {last.begin(), last.end()},
                    .worker_id = WorkerOf(*machine.FindTrial(rank.trial_id()), rank.rank())});
  }
  if (record.record().has_checkpoint()) {
    const TrialStatus& trial = *machine.FindTrial(rank.trial_id());
    const std::string& worker = trial.gang.front().worker_id();
    checkpoints_.Add({machine.id(), trial.number}, worker, record.record().checkpoint().step());
    held_.Remove({machine.id(), trial.number});
    resting_.Remove(worker);
  }
  return Events();
}

absl::StatusOr<CoordinatorState::Events> CoordinatorState::DecideExit(
    const v1::RankExited& exited) const {
  const v1::RankId& rank = exited.rank();
  FailAttempt command{
      .trial_id = rank.trial_id(), .attempt = rank.attempt(), .reason = exited.reason()};
  if (IsCurrent(rank)) {
    command.worker_id =
        WorkerOf(*Find(rank.experiment_id())->FindTrial(rank.trial_id()), rank.rank());
  }
  return Decide(rank.experiment_id(), command);
}

v1::Reason CoordinatorState::WaitingReason(const std::string& experiment_id,
                                           const std::string& trial_id) const {
  const ExperimentMachine* const machine = Find(experiment_id);
  const TrialStatus* const trial = machine == nullptr ? nullptr : machine->FindTrial(trial_id);
  return trial == nullptr ? v1::Reason() : waiting_.Of(*machine, *trial);
}

}  // namespace gyrus
