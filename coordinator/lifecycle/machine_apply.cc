// ExperimentMachine::Apply: what each event changes, and what it may follow.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/plan/planned_trials.h"

namespace gyrus {

absl::Status ExperimentMachine::Apply(const v1::Event& event) {
  // Only an operator who opens trials again changes an experiment that has ended.
  const bool may_change = !IsTerminal() || event.has_trials_reopened();
  if (event.experiment_id() == id_ && may_change && Follow(event)) {
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
    case v1::Event::kTrialsReopened:
      return On(event.trials_reopened());
    case v1::Event::EVENT_NOT_SET:
      return false;
  }
  return false;
}

bool ExperimentMachine::On(const v1::ExperimentSubmitted& event) {
  if (state_ != v1::EXPERIMENT_STATE_UNSPECIFIED) return false;
  state_ = v1::EXPERIMENT_STATE_ADMITTING;
  request_id_ = event.request_id();
  spec_ = std::make_shared<const v1::ExperimentSpec>(event.spec());
  folder_ = event.folder();
  return true;
}

bool ExperimentMachine::On(const v1::ExperimentPlanned& event) {
  if (state_ != v1::EXPERIMENT_STATE_ADMITTING || EndNow()) return false;
  state_ = v1::EXPERIMENT_STATE_RUNNING;
  planned_ = std::make_shared<const PlannedTrials>(std::make_shared<const v1::Plan>(event.plan()));
  std::vector<TrialStatus> trials(planned_->size());
  for (uint32_t number = 0; number < trials.size(); ++number) {
    trials[number].id = (*planned_)[number].id;
    trials[number].number = number;
  }
  counts_[v1::TRIAL_STATE_PENDING] = trials.size();
  trials_ = PersistentVector<TrialStatus>(std::move(trials), counter_);
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
  for (size_t number = 0; number < trials_.size(); ++number) {
    if (gyrus::IsTerminal(trials_[number])) continue;
    TrialStatus trial = trials_[number];
    trial.state = v1::TRIAL_STATE_CANCELLED;
    trial.reason.set_code(v1::REASON_CODE_CANCELLED);
    trial.reason.set_message("the experiment was cancelled");
    SetTrial(std::move(trial));
  }
  return true;
}

// Checks here repeat those of Decide, because events may also come from a damaged ledger.
bool ExperimentMachine::On(const v1::AttemptStarted& event) {
  const TrialStatus* const before = FindTrial(event.trial_id());
  if (before == nullptr || before->state != v1::TRIAL_STATE_PENDING ||
      event.attempt() != before->attempt + 1 || event.gang().empty() ||
      event.numeric_kind().empty() ||
      (!before->numeric_kind.empty() && event.numeric_kind() != before->numeric_kind)) {
    return false;
  }
  TrialStatus trial = *before;
  trial.state = v1::TRIAL_STATE_RUNNING;
  trial.attempt = event.attempt();
  trial.gang.assign(event.gang().begin(), event.gang().end());
  trial.finished.assign(trial.gang.size(), std::nullopt);
  trial.numeric_kind = event.numeric_kind();
  SetTrial(std::move(trial));
  return true;
}

bool ExperimentMachine::On(const v1::RankFinished& event) {
  const TrialStatus* const before = FindRunning(event.trial_id(), event.attempt());
  if (before == nullptr || event.rank() >= before->finished.size() ||
      before->finished[event.rank()].has_value()) {
    return false;
  }
  TrialStatus trial = *before;
  trial.finished[event.rank()] = event.finished();
  SetTrial(std::move(trial));
  return true;
}

bool ExperimentMachine::On(const v1::AttemptFinished& event) {
  const TrialStatus* const before = FindRunning(event.trial_id(), event.attempt());
  if (before == nullptr || !AllFinished(*before)) return false;
  TrialStatus trial = *before;
  trial.state = v1::TRIAL_STATE_DONE;
  trial.reason.Clear();
  SetTrial(std::move(trial));
  return true;
}

bool ExperimentMachine::On(const v1::AttemptFailed& event) {
  const TrialStatus* const before = FindRunning(event.trial_id(), event.attempt());
  if (before == nullptr) return false;
  TrialStatus trial = *before;
  trial.state = event.retry() ? v1::TRIAL_STATE_PENDING : v1::TRIAL_STATE_FAILED;
  trial.finished.assign(trial.gang.size(), std::nullopt);
  trial.failures += CountsTowardsLimit(event.reason().code()) ? 1 : 0;
  trial.reason = event.reason();
  trial.last_finite.assign(event.last_finite().begin(), event.last_finite().end());
  SetTrial(trial);
  if (event.retry()) return true;
  // Trials that start from the weights of this one can never be trained.
  for (const uint32_t number : OpenDependents(trial.number)) {
    TrialStatus dependent = trials_[number];
    dependent.state = v1::TRIAL_STATE_FAILED;
    dependent.reason.set_code(v1::REASON_CODE_STAGE_FAILED);
    dependent.reason.set_message(absl::StrCat("trial ", (*planned_)[number].parent,
                                              ", whose weights it starts from, failed"));
    SetTrial(std::move(dependent));
  }
  return true;
}

bool ExperimentMachine::On(const v1::ExperimentEnded& event) {
  if (EndNow() != event.state()) return false;
  state_ = event.state();
  return true;
}

bool ExperimentMachine::On(const v1::TrialsReopened& event) {
  if (cancelled_ || event.trial_ids().empty()) return false;
  for (const std::string& id : event.trial_ids()) {
    const TrialStatus* const trial = FindTrial(id);
    if (trial == nullptr || trial->state != v1::TRIAL_STATE_FAILED) return false;
  }
  for (const std::string& id : event.trial_ids()) {
    TrialStatus trial = *FindTrial(id);
    trial.state = v1::TRIAL_STATE_PENDING;
    trial.failures = 0;
    trial.reason.Clear();
    trial.last_finite.clear();
    SetTrial(std::move(trial));
  }
  state_ = v1::EXPERIMENT_STATE_RUNNING;
  ended_us_ = 0;
  return true;
}

void ExperimentMachine::SetTrial(TrialStatus trial) {
  const uint32_t number = trial.number;
  --counts_[trials_[number].state];
  ++counts_[trial.state];
  trials_.Set(number, std::move(trial));
}

const TrialStatus* ExperimentMachine::FindRunning(absl::string_view trial_id,
                                                  uint32_t attempt) const {
  const TrialStatus* const trial = FindTrial(trial_id);
  const bool running =
      trial != nullptr && trial->state == v1::TRIAL_STATE_RUNNING && trial->attempt == attempt;
  return running ? trial : nullptr;
}

std::optional<v1::ExperimentState> ExperimentMachine::EndNow() const {
  if (!reasons_.empty()) return v1::EXPERIMENT_STATE_INVALID;
  if (cancelled_) return v1::EXPERIMENT_STATE_INCOMPLETE;
  if (trials_.empty()) return std::nullopt;
  return EndIf(trials_[0], trials_[0].state);
}

}  // namespace gyrus
