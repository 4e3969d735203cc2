// Coordinator: what follows from committed events.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "coordinator/runtime/coordinator.h"

namespace gyrus {
namespace {

std::string NameOf(const ExperimentMachine& machine, const std::string& trial_id) {
  return absl::StrCat(machine.id(), " ", trial_id);
}

// The trials that `event` ends, whose files are to be linked.
const std::string* LinkedTrialOf(const v1::Event& event) {
  if (event.has_attempt_finished()) return &event.attempt_finished().trial_id();
  if (event.has_attempt_failed() && !event.attempt_failed().last_finite().empty()) {
    return &event.attempt_failed().trial_id();
  }
  return nullptr;
}

}  // namespace

void Coordinator::OnCommitted(CoordinatorState& state, absl::Span<const v1::Event> events) {
  if (events.empty()) return;
  state.MarkNotified();
  Publish(state, events);
  for (const v1::Event& event : events) ReactTo(state, event);
  if (!closing_) Schedule();
}

void Coordinator::Publish(CoordinatorState& state, absl::Span<const v1::Event> events) {
  std::map<std::string, std::shared_ptr<const ExperimentMachine>> changed;
  for (const v1::Event& event : events) {
    auto& snapshot = changed[event.experiment_id()];
    if (snapshot == nullptr) {
      snapshot = std::make_shared<const ExperimentMachine>(*state.Find(event.experiment_id()));
    }
  }
  // Before anybody can see that a trial has ended, so that whoever sees it and then
  // waits for the files (MakeResult) waits for these.
  if (!closing_) {
    for (const v1::Event& event : events) {
      const auto& machine = changed.at(event.experiment_id());
      if (const std::string* const trial = LinkedTrialOf(event)) {
        files_->TrialEnded(machine, machine->FindTrial(*trial)->number);
      }
      if (event.has_ended()) files_->ExperimentEnded(machine);
    }
  }
  // Why trials wait, in the state that is published. Schedule() starts those that
  // can start.
  state.RefreshWaiting(parts_.clock.Monotonic());
  status_store_.PublishWaiting(state.waiting());
  for (const auto& [id, snapshot] : changed) status_store_.Publish(snapshot);
  status_store_.PublishWorkers(ToWorkerViews(state));
}

void Coordinator::EndAttempt(CoordinatorState& state, const ExperimentMachine& machine,
                             const TrialStatus& trial) {
  rendezvous_.End(machine.id(), trial.id, trial.attempt);
  // What has failed may be opened again, and then continues from its checkpoint.
  if (!IsTerminal(trial) || trial.state == v1::TRIAL_STATE_FAILED) return;
  dispatcher_->Forget(machine.id(), trial.id, state.ForgetCheckpoints(machine.id(), trial.number));
}

void Coordinator::ReactToCancellation(CoordinatorState& state, const ExperimentMachine& machine) {
  v1::Reason reason;
  reason.set_code(v1::REASON_CODE_CANCELLED);
  reason.set_message("cancelled by an operator");
  for (const TrialStatus& trial : machine.trials()) {
    if (trial.state != v1::TRIAL_STATE_CANCELLED || trial.attempt == 0) continue;
    dispatcher_->Stop(machine, trial, reason);
    EndAttempt(state, machine, trial);
  }
}

// Reactions begin after the commit. A crash in between is repaired by Recover and by the
// Hello of the workers.
void Coordinator::ReactTo(CoordinatorState& state, const v1::Event& event) {
  const ExperimentMachine& machine = *state.Find(event.experiment_id());
  switch (event.event_case()) {
    case v1::Event::kSubmitted:
      LogInfo(absl::StrCat("experiment ", machine.id(), " submitted: ", machine.spec().name()));
      if (!closing_) plan_runner_->Begin(machine.id(), machine.spec());
      break;
    case v1::Event::kAttemptStarted: {
      const TrialStatus& trial = *machine.FindTrial(event.attempt_started().trial_id());
      LogInfo(absl::StrCat(NameOf(machine, trial.id), ": attempt ", trial.attempt, " starts"));
      if (!closing_) dispatcher_->Start(machine, trial);
      break;
    }
    case v1::Event::kAttemptFailed: {
      const v1::AttemptFailed& failed = event.attempt_failed();
      LogWarning(absl::StrCat(
          NameOf(machine, failed.trial_id()), ": attempt ", failed.attempt(),
          failed.retry() ? " was interrupted and is followed by another: " : " failed: ",
          failed.reason().message()));
      const TrialStatus& trial = *machine.FindTrial(failed.trial_id());
      dispatcher_->Stop(machine, trial, failed.reason());
      EndAttempt(state, machine, trial);
      break;
    }
    case v1::Event::kAttemptFinished: {
      const TrialStatus& trial = *machine.FindTrial(event.attempt_finished().trial_id());
      LogInfo(absl::StrCat(NameOf(machine, trial.id), ": done"));
      EndAttempt(state, machine, trial);
      break;
    }
    case v1::Event::kTrialsReopened:
      LogInfo(absl::StrCat("experiment ", machine.id(), ": ",
                           event.trials_reopened().trial_ids_size(), " failed trials opened"));
      break;
    case v1::Event::kCancelled:
      ReactToCancellation(state, machine);
      break;
    default:
      break;
  }
}

void Coordinator::Recover(CoordinatorState& state) {
  const absl::Duration now = parts_.clock.Monotonic();
  state.MarkNotified();
  state.Recovered(now);
  state.RefreshWaiting(now);
  status_store_.PublishWaiting(state.waiting());
  for (const auto& [id, machine] : state.experiments()) {
    const auto snapshot = std::make_shared<const ExperimentMachine>(machine);
    files_->Recover(snapshot);
    status_store_.Publish(snapshot);
    if (machine.state() == v1::EXPERIMENT_STATE_ADMITTING) {
      plan_runner_->Begin(id, machine.spec());
    }
  }
}

}  // namespace gyrus
