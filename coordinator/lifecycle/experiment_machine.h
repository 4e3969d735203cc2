// The life of one experiment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/lifecycle/commands.h"
#include "coordinator/lifecycle/retry.h"
#include "coordinator/lifecycle/trial_status.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// An experiment with its trials and attempts, without I/O, clock, threads or
// locks. Decide() says what a command would change; Apply() changes it. The
// events in between are what the ledger keeps, so a restart is Apply() over
// the ledger.
//
//   Submit --> ADMITTING --AdoptPlan--> RUNNING --last trial over--> VALID,
//                  |                       |                      or INCOMPLETE
//                  +--Reject--> INVALID    +--Cancel--> INCOMPLETE
//
//   trial: PENDING --StartAttempt--> RUNNING --every rank finished--> DONE
//             ^                         |
//             +--- may succeed again ---+--FailAttempt--> FAILED, and so are
//                                          those that go on from it
//
// An attempt's number is its trial's last one + 1, and fences: what is said of
// an older attempt changes nothing.
//
// Thread-compatible.
class ExperimentMachine {
 public:
  explicit ExperimentMachine(std::string id, uint32_t max_attempts = kMaxAttempts);

  // The events that `command` causes, with the experiment's id but without a
  // time; none when it has already happened, which makes a retry harmless.
  //  * ABORTED: of an attempt that is not the newest, or is over; whoever says
  //    it must stop and throw away what it has.
  //  * INVALID_ARGUMENT: no such trial, attempt or rank; a gang that is no
  //    world size of the trial, or has a placement twice; a rank 0 that left no
  //    weights, checkpoint or predictions; no reason given.
  //  * ALREADY_EXISTS: it was said before, with another content.
  //  * FAILED_PRECONDITION: not now: not planned yet, running, over, or another
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
  const v1::ExperimentSpec& spec() const { return spec_; }
  // Of its files, below the run folder; may be empty.
  const std::string& folder() const { return folder_; }
  // Null before it is planned. Shared, because readers outlive the moment.
  const std::shared_ptr<const v1::Plan>& plan() const { return plan_; }
  const std::vector<v1::Reason>& reasons() const { return reasons_; }
  // In the order of TrialsOf(plan).
  const std::vector<TrialStatus>& trials() const { return trials_; }
  // Null: there is no such trial.
  const TrialStatus* FindTrial(absl::string_view id) const;
  // Whether what it goes on from is done, or there is nothing.
  bool IsReady(const TrialStatus& trial) const;

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

  absl::Status CheckPlanned() const;
  absl::Status CheckGang(const StartAttempt& command) const;
  // The trial, if `attempt` is its newest.
  absl::StatusOr<const TrialStatus*> Fence(absl::string_view trial_id, uint32_t attempt) const;
  // How the experiment ends if `trial` ends as `state`, and those with it that
  // go on from it; none: it goes on.
  std::optional<v1::ExperimentState> EndIf(const TrialStatus& trial, v1::TrialState state) const;
  // How it ends as things are; none: it goes on.
  std::optional<v1::ExperimentState> EndNow() const;
  // Through others, too.
  bool DependsOn(const TrialStatus& trial, const std::string& earlier) const;
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
  // False when the event cannot follow.
  bool Follow(const v1::Event& event);
  void FailThoseThatGoOnFrom(const std::string& parent);
  TrialStatus* MutableTrial(absl::string_view id);
  // The trial, if this is its running attempt; otherwise null.
  TrialStatus* FindRunning(absl::string_view trial_id, uint32_t attempt);

  std::string id_;
  uint32_t max_attempts_;
  v1::ExperimentState state_ = v1::EXPERIMENT_STATE_UNSPECIFIED;
  bool cancelled_ = false;
  int64_t submitted_us_ = 0;
  int64_t ended_us_ = 0;
  std::string request_id_;
  std::string folder_;
  v1::ExperimentSpec spec_;
  std::shared_ptr<const v1::Plan> plan_;
  std::vector<v1::Reason> reasons_;
  std::vector<TrialStatus> trials_;
};

}  // namespace gyrus
