#include "coordinator/lifecycle/experiment_machine.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "coordinator/plan/planned_trials.h"
#include "core/spec/identity.h"
#include "google/protobuf/util/message_differencer.h"

namespace gyrus {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr size_t kSha256Bytes = 32;

absl::Status NotNow(absl::string_view what) { return absl::FailedPreconditionError(what); }

// By the predicate for one element.
template <typename List>
bool SameMessages(const List& a, const List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return MessageDifferencer::Equals(x, y); });
}

// A trial is done only with all its files. This check prevents a result whose weights or
// predictions nobody can find later.
absl::Status CheckArtifacts(const PlannedTrial& trial, const v1::TrainerFinished& finished) {
  std::vector<v1::ArtifactKind> kinds = {v1::ARTIFACT_KIND_WEIGHTS, v1::ARTIFACT_KIND_CHECKPOINT,
                                         v1::ARTIFACT_KIND_PREDICTIONS};
  if (!trial.plan->external().empty()) kinds.push_back(v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS);
  for (const v1::ArtifactKind kind : kinds) {
    const v1::Artifact* artifact = FindArtifact(finished, kind);
    if (artifact == nullptr || artifact->sha256().size() != kSha256Bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("rank 0 finished without a ", v1::ArtifactKind_Name(kind)));
    }
  }
  return absl::OkStatus();
}

// Weights, then their checkpoint; anything else that a peer sends is not kept.
bool IsWholeCheckpoint(const std::vector<v1::Artifact>& artifacts) {
  return artifacts.size() == 2 && artifacts[0].kind() == v1::ARTIFACT_KIND_WEIGHTS &&
         artifacts[1].kind() == v1::ARTIFACT_KIND_CHECKPOINT &&
         artifacts[0].sha256().size() == kSha256Bytes &&
         artifacts[1].sha256().size() == kSha256Bytes;
}

}  // namespace

ExperimentMachine::ExperimentMachine(std::string id, uint32_t max_attempts, ElementCounter* counter)
    : id_(std::move(id)),
      max_attempts_(max_attempts),
      counter_(counter),
      spec_(std::make_shared<const v1::ExperimentSpec>()) {}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::Decide(const Command& command) const {
  absl::StatusOr<Events> events = std::visit([this](const auto& c) { return On(c); }, command);
  if (!events.ok()) return Annotate(events.status(), absl::StrCat("experiment ", id_));
  return events;
}

bool ExperimentMachine::IsTerminal() const {
  return state_ == v1::EXPERIMENT_STATE_VALID || state_ == v1::EXPERIMENT_STATE_INCOMPLETE ||
         state_ == v1::EXPERIMENT_STATE_INVALID;
}

const TrialStatus* ExperimentMachine::FindTrial(absl::string_view id) const {
  const auto number = planned_ == nullptr ? std::nullopt : planned_->NumberOf(id);
  return number.has_value() ? &trials_[*number] : nullptr;
}

bool ExperimentMachine::IsReady(const TrialStatus& trial) const {
  const auto parent = planned_->ParentOf(trial.number);
  return !parent.has_value() || trials_[*parent].state == v1::TRIAL_STATE_DONE;
}

bool operator==(const ExperimentMachine& a, const ExperimentMachine& b) {
  const bool same_plan =
      a.planned_ == b.planned_ ||
      (a.planned_ && b.planned_ && MessageDifferencer::Equals(*a.plan(), *b.plan()));
  return a.id_ == b.id_ && a.state_ == b.state_ && a.cancelled_ == b.cancelled_ &&
         a.submitted_us_ == b.submitted_us_ && a.ended_us_ == b.ended_us_ &&
         a.request_id_ == b.request_id_ && a.folder_ == b.folder_ &&
         MessageDifferencer::Equals(*a.spec_, *b.spec_) && same_plan &&
         SameMessages(a.reasons_, b.reasons_) && a.trials_ == b.trials_;
}

// A client that got no reply submits again with the same request id. That is the same
// submission, and causes no event.
absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const Submit& command) const {
  if (command.request_id.empty()) return absl::InvalidArgumentError("the request has no id");
  if (state_ != v1::EXPERIMENT_STATE_UNSPECIFIED) {
    if (command.request_id == request_id_ &&
        MessageDifferencer::Equals(IdentityOf(command.spec), IdentityOf(*spec_))) {
      return Events{};
    }
    return absl::AlreadyExistsError("was submitted by another request or with another spec");
  }
  v1::Event event = NewEvent();
  event.mutable_submitted()->set_request_id(command.request_id);
  *event.mutable_submitted()->mutable_spec() = command.spec;
  event.mutable_submitted()->set_folder(command.folder);
  return Events{std::move(event)};
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const AdoptPlan& command) const {
  if (planned_ != nullptr && MessageDifferencer::Equals(command.plan, *plan())) return Events{};
  if (state_ != v1::EXPERIMENT_STATE_ADMITTING) return NotNow("it does not wait for a plan");
  if (TrialIds(command.plan).empty()) return absl::InvalidArgumentError("the plan has no trial");
  v1::Event event = NewEvent();
  *event.mutable_planned()->mutable_plan() = command.plan;
  return Events{std::move(event)};
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const Reject& command) const {
  if (command.reasons.empty()) return absl::InvalidArgumentError("rejected without a reason");
  if (SameMessages(command.reasons, reasons_)) return Events{};
  if (state_ != v1::EXPERIMENT_STATE_ADMITTING) return NotNow("it does not wait for a plan");
  v1::Event event = NewEvent();
  event.mutable_rejected()->mutable_reasons()->Assign(command.reasons.begin(),
                                                      command.reasons.end());
  return Events{std::move(event), Ended(v1::EXPERIMENT_STATE_INVALID)};
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const Cancel&) const {
  if (state_ == v1::EXPERIMENT_STATE_UNSPECIFIED) return NotNow("was not submitted");
  if (IsTerminal()) return Events{};
  v1::Event event = NewEvent();
  event.mutable_cancelled();
  return Events{std::move(event), Ended(v1::EXPERIMENT_STATE_INCOMPLETE)};
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const StartAttempt& command) const {
  GYRUS_RETURN_IF_ERROR(CheckPlanned());
  GYRUS_RETURN_IF_ERROR(CheckGang(command));
  const TrialStatus& trial = *FindTrial(command.trial_id);
  // The same command again changes nothing.
  if (trial.state == v1::TRIAL_STATE_RUNNING && SameMessages(command.gang, trial.gang) &&
      command.numeric_kind == trial.numeric_kind) {
    return Events{};
  }
  if (IsTerminal() || trial.state != v1::TRIAL_STATE_PENDING || !IsReady(trial)) {
    return NotNow(absl::StrCat("trial ", trial.id, " does not wait for an attempt"));
  }
  if (!trial.numeric_kind.empty() && command.numeric_kind != trial.numeric_kind) {
    return NotNow(absl::StrCat("trial ", trial.id, " began on numeric kind ", trial.numeric_kind,
                               ", so it cannot go on with ", command.numeric_kind));
  }
  v1::Event event = NewEvent();
  v1::AttemptStarted& started = *event.mutable_attempt_started();
  started.set_trial_id(trial.id);
  started.set_attempt(trial.attempt + 1);
  started.mutable_gang()->Assign(command.gang.begin(), command.gang.end());
  started.set_numeric_kind(command.numeric_kind);
  return Events{std::move(event)};
}

// The last rank that finishes ends the attempt, and the last trial that ends, the
// experiment. All these events are committed together, so that no state in between is ever
// visible.
absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const FinishRank& command) const {
  GYRUS_ASSIGN_OR_RETURN(const TrialStatus* trial, Fence(command.trial_id, command.attempt));
  if (trial->state != v1::TRIAL_STATE_RUNNING && trial->state != v1::TRIAL_STATE_DONE) {
    return absl::AbortedError(
        absl::StrCat("trial ", trial->id, " attempt ", command.attempt, " has ended"));
  }
  if (command.rank >= trial->finished.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "trial ", trial->id, " has no rank ", command.rank, " among ", trial->finished.size()));
  }
  if (const auto& before = trial->finished[command.rank]; before.has_value()) {
    if (MessageDifferencer::Equals(*before, command.finished)) return Events{};
    return absl::AlreadyExistsError(absl::StrCat("trial ", trial->id, " rank ", command.rank,
                                                 " finished before, with another result"));
  }
  if (command.rank == 0) {
    GYRUS_RETURN_IF_ERROR(CheckArtifacts((*planned_)[trial->number], command.finished));
  }
  Events events = {NewEvent()};
  v1::RankFinished& rank = *events.back().mutable_rank_finished();
  rank.set_trial_id(trial->id);
  rank.set_attempt(command.attempt);
  rank.set_rank(command.rank);
  *rank.mutable_finished() = command.finished;
  TrialStatus after = *trial;
  after.finished[command.rank] = command.finished;
  if (!AllFinished(after)) return events;
  events.push_back(NewEvent());
  events.back().mutable_attempt_finished()->set_trial_id(trial->id);
  events.back().mutable_attempt_finished()->set_attempt(command.attempt);
  if (const auto end = EndIf(*trial, v1::TRIAL_STATE_DONE)) events.push_back(Ended(*end));
  return events;
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const FailAttempt& command) const {
  GYRUS_ASSIGN_OR_RETURN(const TrialStatus* trial, Fence(command.trial_id, command.attempt));
  const v1::ReasonCode code = command.reason.code();
  if (code == v1::REASON_CODE_UNSPECIFIED) {
    return absl::InvalidArgumentError("an attempt failed without a reason");
  }
  if (trial->state == v1::TRIAL_STATE_DONE) {
    return absl::AbortedError(
        absl::StrCat("trial ", trial->id, " attempt ", command.attempt, " is done"));
  }
  if (trial->state != v1::TRIAL_STATE_RUNNING) return Events{};  // The first reason stays.
  const uint32_t failures = trial->failures + (CountsTowardsLimit(code) ? 1 : 0);
  const bool retry = ClassOf(code) == ReasonClass::kPassing && failures < max_attempts_;
  Events events = {NewEvent()};
  v1::AttemptFailed& failed = *events.back().mutable_attempt_failed();
  failed.set_trial_id(trial->id);
  failed.set_attempt(command.attempt);
  *failed.mutable_reason() = command.reason;
  failed.set_retry(retry);
  failed.set_worker_id(command.worker_id);
  if (!retry && IsWholeCheckpoint(command.last_finite)) {
    failed.mutable_last_finite()->Assign(command.last_finite.begin(), command.last_finite.end());
  }
  const auto state = retry ? v1::TRIAL_STATE_PENDING : v1::TRIAL_STATE_FAILED;
  if (const auto end = EndIf(*trial, state)) events.push_back(Ended(*end));
  return events;
}

absl::StatusOr<std::vector<v1::Event>> ExperimentMachine::On(const RetryTrials& command) const {
  GYRUS_RETURN_IF_ERROR(CheckPlanned());
  if (cancelled_) return NotNow("it was cancelled; submit it again");
  std::set<uint32_t> opened;
  for (const std::string& id : command.trial_ids) {
    const auto number = planned_->NumberOf(id);
    if (!number.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("there is no trial ", id));
    }
    AddReopened(*number, opened);
  }
  if (command.trial_ids.empty() && CountOf(v1::TRIAL_STATE_FAILED) > 0) {
    for (const TrialStatus& trial : trials_) AddReopened(trial.number, opened);
  }
  if (opened.empty()) return Events{};
  Events events = {NewEvent()};
  for (const uint32_t number : opened) {
    events.back().mutable_trials_reopened()->add_trial_ids((*planned_)[number].id);
  }
  return events;
}

void ExperimentMachine::AddReopened(uint32_t number, std::set<uint32_t>& opened) const {
  if (trials_[number].state != v1::TRIAL_STATE_FAILED || !opened.insert(number).second) return;
  // A trial whose parent has failed could never start.
  if (const auto parent = planned_->ParentOf(number)) AddReopened(*parent, opened);
  for (const uint32_t child : planned_->ChildrenOf(number)) {
    if (trials_[child].reason.code() == v1::REASON_CODE_STAGE_FAILED) AddReopened(child, opened);
  }
}

absl::Status ExperimentMachine::CheckPlanned() const {
  if (planned_ == nullptr) return NotNow("it is not planned");
  return absl::OkStatus();
}

absl::Status ExperimentMachine::CheckGang(const StartAttempt& command) const {
  const auto number = planned_->NumberOf(command.trial_id);
  if (!number.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no trial ", command.trial_id));
  }
  const PlannedTrial& trial = (*planned_)[*number];
  const auto& sizes = trial.arm->world_sizes();
  if (std::find(sizes.begin(), sizes.end(), command.gang.size()) == sizes.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("trial ", trial.id, " cannot be trained by ", command.gang.size(), " ranks"));
  }
  std::set<std::pair<std::string, uint32_t>> placements;
  for (const v1::Placement& placement : command.gang) {
    placements.emplace(placement.worker_id(), placement.slot());
  }
  if (placements.size() != command.gang.size() || command.numeric_kind.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("trial ", trial.id, ": a gang has a placement twice or no numeric kind"));
  }
  return absl::OkStatus();
}

// An attempt from the future is a mistake of the sender. One from the past is normal: its
// worker was away while another attempt was started, and must stop.
absl::StatusOr<const TrialStatus*> ExperimentMachine::Fence(absl::string_view trial_id,
                                                            uint32_t attempt) const {
  GYRUS_RETURN_IF_ERROR(CheckPlanned());
  const TrialStatus* trial = FindTrial(trial_id);
  if (trial == nullptr || attempt == 0 || attempt > trial->attempt) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no trial ", trial_id, " with an attempt ", attempt));
  }
  if (attempt < trial->attempt) {
    return absl::AbortedError(absl::StrCat("trial ", trial_id, " attempt ", attempt,
                                           " was followed by attempt ", trial->attempt));
  }
  return trial;
}

std::optional<v1::ExperimentState> ExperimentMachine::EndIf(const TrialStatus& trial,
                                                            v1::TrialState state) const {
  if (!gyrus::IsTerminal(state)) return std::nullopt;
  size_t open = CountOf(v1::TRIAL_STATE_PENDING) + CountOf(v1::TRIAL_STATE_RUNNING);
  size_t done = CountOf(v1::TRIAL_STATE_DONE);
  if (!gyrus::IsTerminal(trial)) {
    --open;
    done += state == v1::TRIAL_STATE_DONE ? 1 : 0;
  }
  if (state == v1::TRIAL_STATE_FAILED) open -= OpenDependents(trial.number).size();
  if (open > 0) return std::nullopt;
  return done == trials_.size() ? v1::EXPERIMENT_STATE_VALID : v1::EXPERIMENT_STATE_INCOMPLETE;
}

std::vector<uint32_t> ExperimentMachine::OpenDependents(uint32_t number) const {
  std::vector<uint32_t> open;
  std::vector<uint32_t> to_visit = {number};
  while (!to_visit.empty()) {
    const uint32_t next = to_visit.back();
    to_visit.pop_back();
    for (const uint32_t child : planned_->ChildrenOf(next)) {
      if (!gyrus::IsTerminal(trials_[child])) open.push_back(child);
      to_visit.push_back(child);
    }
  }
  return open;
}

v1::Event ExperimentMachine::NewEvent() const {
  v1::Event event;
  event.set_experiment_id(id_);
  return event;
}

v1::Event ExperimentMachine::Ended(v1::ExperimentState state) const {
  v1::Event event = NewEvent();
  event.mutable_ended()->set_state(state);
  return event;
}

}  // namespace gyrus
