// The complete state of a coordinator: all experiments, and the workers that train them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/schedule/ready_queue.h"
#include "coordinator/state/checkpoint_holders.h"
#include "coordinator/state/occupied_slots.h"
#include "coordinator/state/passing_faults.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

struct StateOptions {
  // Attempts on a worker that has not been connected for so long have failed.
  absl::Duration lost_after = absl::Seconds(60);
  // How long a worker may take to come back after this program has started, and
  // how long a trial waits for the worker that has its checkpoint.
  absl::Duration adoption_window = absl::Seconds(10);
  // What follows from passing faults.
  FaultOptions faults;
  // Counts how often trials are read and replaced. May be null; otherwise it must
  // outlive the state and all snapshots of its machines.
  ElementCounter* trial_counter = nullptr;
};

// A worker as the coordinator knows it. These facts are not durable; the next Hello of
// the worker brings them again.
struct WorkerState {
  uint64_t incarnation = 0;
  uint32_t slots = 0;
  std::string numeric_kind;
  // Identifies the link on which it said Hello, and is never dereferenced. Null:
  // the worker is not connected.
  const void* link = nullptr;
  absl::Duration lost_since;  // Clock::Monotonic; while it is not connected.

  bool connected() const { return link != nullptr; }
};

// Why ready trials do not start, as of the last schedule.
struct WaitingReasons {
  std::map<TrialClass, v1::Reason> by_class;
  // The exceptions: trials that wait for a checkpoint, or that a passing fault holds.
  std::map<TrialKey, v1::Reason> by_trial;
  // Connected workers that get nothing to do for a while.
  std::map<std::string, v1::Reason> resting;

  // Unset: the trial does not wait, or nothing is known yet.
  v1::Reason Of(const ExperimentMachine& machine, const TrialStatus& trial) const;
};
bool operator==(const WaitingReasons& a, const WaitingReasons& b);

// The state of the ledger (coordinator/ledger/ledger.h), without I/O, clock,
// threads or locks. Apply() alone changes what is durable. Each Decide...() says
// which events a command causes, and changes soft facts only.
//
// The work of each method depends on what changes, not on how many trials or
// experiments there are. One thread: that of the ledger.
class CoordinatorState {
 public:
  using Events = std::vector<v1::Event>;

  explicit CoordinatorState(const StateOptions& options = {})
      : options_(options),
        held_(options.faults.retry),
        resting_(options.faults.failures_before_rest, options.faults.rest) {}

  // DATA_LOSS: the event cannot follow.
  absl::Status Apply(const v1::Event& event);

  // The ledger has been replayed. Trials that earlier attempts worked on wait for
  // the worker of their rank 0, which may have a checkpoint, as long as the
  // adoption window lasts. `now` is Clock::Monotonic, here and below.
  void Recovered(absl::Duration now);

  // Puts the id of the experiment, old or new, into `id`. `fresh` is taken for a
  // new one. ALREADY_EXISTS: the request was used with another spec.
  absl::StatusOr<Events> DecideSubmit(const v1::SubmitRequest& request, const std::string& fresh,
                                      std::string& id) const;

  // For one experiment. NOT_FOUND: there is no such experiment.
  absl::StatusOr<Events> Decide(const std::string& experiment_id, const Command& command) const;

  // A worker is connected by `link`. Attempts that an older incarnation of it ran
  // have failed. ABORTED: a newer incarnation is known.
  absl::StatusOr<Events> DecideHello(const v1::Hello& hello, const void* link);
  // The worker is not connected any more, unless it is by another link.
  void Disconnected(const std::string& worker_id, const void* link, absl::Duration now);
  // Attempts on workers that have not been connected for `lost_after` have failed.
  Events DecideLost(absl::Duration now);

  // A trainer reports something. ABORTED: its attempt has ended.
  absl::StatusOr<Events> DecideRecord(const v1::SpooledRecord& record);

  // The process of a rank has ended without a last record. ABORTED, INVALID_ARGUMENT
  // and NOT_FOUND: there is no such attempt any more.
  absl::StatusOr<Events> DecideExit(const v1::RankExited& exited) const;

  // Gives free slots to trials that wait, and remembers why the others still do.
  // Nothing between an attempt's failure and MarkNotified().
  Events DecideSchedule(absl::Duration now);
  // Workers have been notified of everything that was applied so far.
  void MarkNotified() { pending_notification_ = false; }
  // Computes waiting() anew without starting anything.
  void RefreshWaiting(absl::Duration now);

  // The trial has ended for good. Forgets its checkpoints, and returns the workers
  // that have one.
  std::vector<std::string> ForgetCheckpoints(const std::string& experiment_id, uint32_t number);
  // Those that a worker lists in its Hello although no attempt will need them.
  std::vector<v1::ForgetTrial> ObsoleteCheckpoints(const v1::Hello& hello) const;

  // Returns null where there is no such experiment.
  const ExperimentMachine* Find(const std::string& id) const;
  // Whether it is a rank of the newest attempt of its trial, which runs.
  bool IsCurrent(const v1::RankId& rank) const;
  const std::map<std::string, ExperimentMachine>& experiments() const { return experiments_; }
  const std::map<std::string, WorkerState>& workers() const { return workers_; }
  const OccupiedSlots& occupied() const { return occupied_; }
  const WaitingReasons& waiting() const { return waiting_; }
  // Why a trial waits; unset when it does not.
  v1::Reason WaitingReason(const std::string& experiment_id, const std::string& trial_id) const;

  // Calls fn(machine, trial) for each trial with a rank on this worker.
  void ForEachTrialOn(
      const std::string& worker_id,
      absl::FunctionRef<void(const ExperimentMachine&, const TrialStatus&)> fn) const;

 private:
  // Trials that `event` may bring into the queue or out of it, or onto slots or
  // off them.
  static std::vector<uint32_t> TrialsAffectedBy(const v1::Event& event,
                                                const ExperimentMachine& machine);
  void AddToIndexes(const ExperimentMachine& machine, uint32_t number);
  void RemoveFromIndexes(const ExperimentMachine& machine, uint32_t number);

  // The worker on which a rank of the trial's newest attempt runs; empty: none.
  static std::string WorkerOf(const TrialStatus& trial, uint32_t rank);
  // Remembers what follows from the event for the hold of its trial and the rest of
  // its workers.
  void NoteFaults(const v1::Event& event, const ExperimentMachine& machine);
  // Begins the pauses that follow from faults applied since the last call.
  void BeginPauses(absl::Duration now);

  std::vector<WorkerSlots> FreeSlots(absl::Duration now) const;
  CheckpointHint HintFor(const TrialKey& trial, absl::Duration now) const;
  // Computes waiting() as well.
  QueueSchedule MakeSchedule(absl::Duration now);
  void KeepWaiting(const QueueSchedule& schedule, absl::Duration now);
  // Fails the attempts on one of `workers` that have a placement for which `why`
  // gives a reason.
  Events FailOn(const std::vector<std::string>& workers,
                absl::FunctionRef<const v1::Reason*(const v1::Placement&)> why) const;
  // The trial that a worker names, if it can still run: one that has failed may be
  // opened again.
  const TrialStatus* FindOpen(const std::string& experiment_id, const std::string& trial_id) const;

  const StateOptions options_;
  std::map<std::string, ExperimentMachine> experiments_;
  std::map<std::string, std::string> by_request_;
  std::map<std::string, WorkerState> workers_;
  // Indexes of `experiments_`.
  ReadyQueue queue_;
  OccupiedSlots occupied_;
  CheckpointHolders checkpoints_;
  HeldTrials held_;
  RestingWorkers resting_;
  // Applied, but not yet in the two above: an event has no time that counts.
  struct NewFault {
    TrialKey trial;
    std::string worker_id;
    v1::Reason reason;
  };
  std::vector<NewFault> new_faults_;
  WaitingReasons waiting_;
  // An attempt failed just now. The gang that is to be stopped is known until the
  // next one starts, so that must not be in the same commit.
  bool pending_notification_ = false;
};

}  // namespace gyrus
