// ExperimentMachine::Apply: what each event changes, and what it may follow.
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/trials.h"

namespace gyrus {

absl::Status ExperimentMachine::Apply(const v1::Event& event) {
  if (event.experiment_id() == id_ && !IsTerminal() && Follow(event)) {
    if (event.has_submitted()) submitted_us_ = event.time_us();
    if (event.has_ended()) ended_us_ = event.time_us();
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      "experiment ", id_, " in state ", v1::ExperimentState_Name(state_),
      ": an event of the ledger cannot follow: case ", static_cast<int>(event.event_case())));
}

bool ExperimentMachine::Follow(const v1::Event& event) {
  switch (event.event_case()) {
    case v1::Event::kSubmitted:
      return On(event.submitted());
    case v1::Event::kPlanned:
      return On(event.planned());
    case v1::Event::kRejected:
      return On(event.rejected());
    case v1::Event::kCancelled:
      return On(event.cancelled());
    case v1::Event::kAttemptStarted:
      return On(event.attempt_started());
    case v1::Event::kRankFinished:
      return On(event.rank_finished());
    case v1::Event::kAttemptFinished:
      return On(event.attempt_finished());
    case v1::Event::kAttemptFailed:
      return On(event.attempt_failed());
    case v1::Event::kEnded:
      return On(event.ended());
    case v1::Event::EVENT_NOT_SET:
      return false;
  }
  return false;
}

bool ExperimentMachine::On(const v1::ExperimentSubmitted& event) {
  if (state_ != v1::EXPERIMENT_STATE_UNSPECIFIED) return false;
  state_ = v1::EXPERIMENT_STATE_ADMITTING;
  request_id_ = event.request_id();
  spec_ = event.spec();
  folder_ = event.folder();
  return true;
}

bool ExperimentMachine::On(const v1::ExperimentPlanned& event) {
  if (state_ != v1::EXPERIMENT_STATE_ADMITTING || EndNow()) return false;
  state_ = v1::EXPERIMENT_STATE_RUNNING;
  plan_ = std::make_shared<const v1::Plan>(event.plan());
  for (PlannedTrial& trial : TrialsOf(*plan_)) {
    trials_.push_back({.id = std::move(trial.id), .parent = std::move(trial.parent)});
  }
  return true;
}

bool ExperimentMachine::On(const v1::ExperimentRejected& event) {
  if (state_ != v1::EXPERIMENT_STATE_ADMITTING || EndNow() || event.reasons().empty()) return false;
  reasons_.assign(event.reasons().begin(), event.reasons().end());
  return true;
}

bool ExperimentMachine::On(const v1::ExperimentCancelled&) {
  if (state_ == v1::EXPERIMENT_STATE_UNSPECIFIED || EndNow()) return false;
  cancelled_ = true;
  for (TrialStatus& trial : trials_) {
    if (IsOver(trial)) continue;
    trial.state = v1::TRIAL_STATE_CANCELLED;
    trial.reason.set_code(v1::REASON_CODE_CANCELLED);
    trial.reason.set_message("the experiment was cancelled");
  }
  return true;
}

bool ExperimentMachine::On(const v1::AttemptStarted& event) {
  TrialStatus* trial = MutableTrial(event.trial_id());
  if (trial == nullptr || trial->state != v1::TRIAL_STATE_PENDING ||
      event.attempt() != trial->attempt + 1 || event.gang().empty() ||
      event.numeric_kind().empty() ||
      (!trial->numeric_kind.empty() && event.numeric_kind() != trial->numeric_kind)) {
    return false;
  }
  trial->state = v1::TRIAL_STATE_RUNNING;
  trial->attempt = event.attempt();
  trial->gang.assign(event.gang().begin(), event.gang().end());
  trial->finished.assign(trial->gang.size(), std::nullopt);
  trial->numeric_kind = event.numeric_kind();
  return true;
}

bool ExperimentMachine::On(const v1::RankFinished& event) {
  TrialStatus* trial = FindRunning(event.trial_id(), event.attempt());
  if (trial == nullptr || event.rank() >= trial->finished.size() ||
      trial->finished[event.rank()].has_value()) {
    return false;
  }
  trial->finished[event.rank()] = event.finished();
  return true;
}

bool ExperimentMachine::On(const v1::AttemptFinished& event) {
  TrialStatus* trial = FindRunning(event.trial_id(), event.attempt());
  if (trial == nullptr || !AllFinished(*trial)) return false;
  trial->state = v1::TRIAL_STATE_DONE;
  trial->reason.Clear();
  return true;
}

bool ExperimentMachine::On(const v1::AttemptFailed& event) {
  TrialStatus* trial = FindRunning(event.trial_id(), event.attempt());
  if (trial == nullptr) return false;
  trial->state = event.retry() ? v1::TRIAL_STATE_PENDING : v1::TRIAL_STATE_FAILED;
  trial->finished.assign(trial->gang.size(), std::nullopt);
  trial->failures += CountsTowardsLimit(event.reason().code()) ? 1 : 0;
  trial->reason = event.reason();
  trial->last_finite.assign(event.last_finite().begin(), event.last_finite().end());
  if (!event.retry()) FailThoseThatGoOnFrom(trial->id);
  return true;
}

void ExperimentMachine::FailThoseThatGoOnFrom(const std::string& parent) {
  for (TrialStatus& trial : trials_) {
    if (trial.parent != parent || IsOver(trial)) continue;
    trial.state = v1::TRIAL_STATE_FAILED;
    trial.reason.set_code(v1::REASON_CODE_STAGE_FAILED);
    trial.reason.set_message(
        absl::StrCat("trial ", parent, ", whose weights it goes on with, failed"));
    FailThoseThatGoOnFrom(trial.id);
  }
}

bool ExperimentMachine::On(const v1::ExperimentEnded& event) {
  if (EndNow() != event.state()) return false;
  state_ = event.state();
  return true;
}

TrialStatus* ExperimentMachine::MutableTrial(absl::string_view id) {
  return const_cast<TrialStatus*>(FindTrial(id));
}

TrialStatus* ExperimentMachine::FindRunning(absl::string_view trial_id, uint32_t attempt) {
  TrialStatus* trial = MutableTrial(trial_id);
  const bool running =
      trial != nullptr && trial->state == v1::TRIAL_STATE_RUNNING && trial->attempt == attempt;
  return running ? trial : nullptr;
}

std::optional<v1::ExperimentState> ExperimentMachine::EndNow() const {
  if (!reasons_.empty()) return v1::EXPERIMENT_STATE_INVALID;
  if (cancelled_) return v1::EXPERIMENT_STATE_INCOMPLETE;
  if (trials_.empty()) return std::nullopt;
  return EndIf(trials_.front(), trials_.front().state);
}

}  // namespace gyrus
