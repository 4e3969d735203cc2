// The state machine of one experiment, with its trials and their attempts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/lifecycle/commands.h"
#include "coordinator/lifecycle/persistent_vector.h"
#include "coordinator/lifecycle/retry.h"
#include "coordinator/lifecycle/trial_status.h"
#include "coordinator/plan/planned_trials.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// An experiment with its trials and attempts, without I/O, clock, threads or
// locks. Decide() says what a command would change; Apply() changes it. The
// events in between are what the ledger keeps, so a restart is Apply() over
// the ledger.
//
// A copy shares the spec, the plan and every trial with its original, so it is a
// snapshot that costs the same for ten trials as for ten thousand.
//
//   Submit --> ADMITTING --AdoptPlan--> RUNNING --last trial ends--> VALID,
//                  |                       |                      or INCOMPLETE
//                  +--Reject--> INVALID    +--Cancel--> INCOMPLETE
//
//   trial: PENDING --StartAttempt--> RUNNING --every rank finished--> DONE
//             ^                         |
//             +----- passing fault -----+--FailAttempt--> FAILED, and so are the
//             |                                |          trials that depend on it
//             +----------RetryTrials-----------+
//
// RetryTrials also takes an INCOMPLETE experiment back to RUNNING.
//
// Attempts of a trial are numbered from 1. The number fences: a command about an older
// attempt changes nothing.
//
// Thread-compatible.
class ExperimentMachine {
 public:
  // `counter` counts how often trials are read and replaced. It may be null;
  // otherwise it must outlive the machine and its copies.
  explicit ExperimentMachine(std::string id, uint32_t max_attempts = kMaxAttempts,
                             ElementCounter* counter = nullptr);

  // The events that `command` causes, with the experiment's id but without a
  // time. There are none when it has already happened, which makes a retry
  // harmless. The cost does not grow with the number of trials, except where
  // many of them change (a plan, a cancellation, a parent that fails).
  //  * ABORTED: the attempt is not the newest, or it has ended. The sender must
  //    stop and discard its work.
  //  * INVALID_ARGUMENT: no such trial, attempt or rank; a gang that is no
  //    world size of the trial, or has a placement twice; a rank 0 that left no
  //    weights, checkpoint or predictions; no reason given.
  //  * ALREADY_EXISTS: the same command came before, with another content.
  //  * FAILED_PRECONDITION: not now: not planned yet, running, ended, or another
  //    numeric kind than the first attempt's.
  absl::StatusOr<std::vector<v1::Event>> Decide(const Command& command) const;

  // DATA_LOSS: the event cannot follow, and nothing changed: a ledger that says
  // so is damaged or was written by newer code.
  absl::Status Apply(const v1::Event& event);

  const std::string& id() const { return id_; }
  // EXPERIMENT_STATE_UNSPECIFIED before it is submitted.
  v1::ExperimentState state() const { return state_; }
  bool IsTerminal() const;
  bool cancelled() const { return cancelled_; }
  int64_t submitted_us() const { return submitted_us_; }  // UTC
  int64_t ended_us() const { return ended_us_; }          // 0 while it runs.
  const std::string& request_id() const { return request_id_; }
  const v1::ExperimentSpec& spec() const { return *spec_; }
  // The folder of its files, below the run folder. May be empty.
  const std::string& folder() const { return folder_; }
  // Null before it is planned.
  const v1::Plan* plan() const { return planned_ == nullptr ? nullptr : planned_->plan().get(); }
  // The same plan with an index of its trials. Null before it is planned.
  const std::shared_ptr<const PlannedTrials>& planned() const { return planned_; }
  const std::vector<v1::Reason>& reasons() const { return reasons_; }
  // In the order of TrialsOf(plan).
  const PersistentVector<TrialStatus>& trials() const { return trials_; }
  // Returns null where there is no such trial. Valid until the trial changes.
  const TrialStatus* FindTrial(absl::string_view id) const;
  // Whether the trial depends on no other, or the one that it depends on is done.
  bool IsReady(const TrialStatus& trial) const;
  // How many trials are in this state.
  size_t CountOf(v1::TrialState state) const { return counts_[state]; }

  friend bool operator==(const ExperimentMachine& a, const ExperimentMachine& b);

 private:
  using Events = std::vector<v1::Event>;

  absl::StatusOr<Events> On(const Submit& command) const;
  absl::StatusOr<Events> On(const AdoptPlan& command) const;
  absl::StatusOr<Events> On(const Reject& command) const;
  absl::StatusOr<Events> On(const Cancel& command) const;
  absl::StatusOr<Events> On(const StartAttempt& command) const;
  absl::StatusOr<Events> On(const FinishRank& command) const;
  absl::StatusOr<Events> On(const FailAttempt& command) const;
  absl::StatusOr<Events> On(const RetryTrials& command) const;

  absl::Status CheckPlanned() const;
  absl::Status CheckGang(const StartAttempt& command) const;
  // The trial, where `attempt` is its newest.
  absl::StatusOr<const TrialStatus*> Fence(absl::string_view trial_id, uint32_t attempt) const;
  // How the experiment ends when `trial` ends as `state`, together with the
  // trials that depend on it where it fails. Nothing if it continues.
  std::optional<v1::ExperimentState> EndIf(const TrialStatus& trial, v1::TrialState state) const;
  // How it ends in its present state. Nothing if it continues.
  std::optional<v1::ExperimentState> EndNow() const;
  // The trials that depend on this one, also through others, and can still change.
  std::vector<uint32_t> OpenDependents(uint32_t number) const;
  // Adds `number` to `opened`, with what must be opened with it, if it has failed.
  void AddReopened(uint32_t number, std::set<uint32_t>& opened) const;
  v1::Event NewEvent() const;
  v1::Event Ended(v1::ExperimentState state) const;

  bool On(const v1::ExperimentSubmitted& event);
  bool On(const v1::ExperimentPlanned& event);
  bool On(const v1::ExperimentRejected& event);
  bool On(const v1::ExperimentCancelled& event);
  bool On(const v1::AttemptStarted& event);
  bool On(const v1::RankFinished& event);
  bool On(const v1::AttemptFinished& event);
  bool On(const v1::AttemptFailed& event);
  bool On(const v1::ExperimentEnded& event);
  bool On(const v1::TrialsReopened& event);
  // False when the event cannot follow.
  bool Follow(const v1::Event& event);
  // Replaces the trial that has its number.
  void SetTrial(TrialStatus trial);
  // The trial, where this is its running attempt; otherwise null.
  const TrialStatus* FindRunning(absl::string_view trial_id, uint32_t attempt) const;

  std::string id_;
  uint32_t max_attempts_;
  ElementCounter* counter_;
  v1::ExperimentState state_ = v1::EXPERIMENT_STATE_UNSPECIFIED;
  bool cancelled_ = false;
  int64_t submitted_us_ = 0;
  int64_t ended_us_ = 0;
  std::string request_id_;
  std::string folder_;
  // Never null. Shared, like the plan, because snapshots outlive the moment.
  std::shared_ptr<const v1::ExperimentSpec> spec_;
  std::shared_ptr<const PlannedTrials> planned_;
  std::vector<v1::Reason> reasons_;
  PersistentVector<TrialStatus> trials_;
  // By state.
  std::array<size_t, v1::TrialState_ARRAYSIZE> counts_{};
};

}  // namespace gyrus
