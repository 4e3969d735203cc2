// All experiments, and who is there to train them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/ledger/ledger_thread.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/schedule/schedule.h"
#include "coordinator/service/links.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// A worker as last heard of. A soft fact: the next Hello tells it again.
struct WorkerState {
  uint64_t incarnation = 0;
  uint32_t slots = 0;
  std::string numeric_kind;
  // On which it said Hello; only a name. Null: it is not connected.
  const WorkerLink* link = nullptr;
  absl::Duration lost_since;  // Clock::Monotonic; while it is not connected.

  bool connected() const { return link != nullptr; }
};

// The state of the ledger (coordinator/ledger/ledger.h). Each Decide... says
// which events a wish causes, and changes soft facts only. One thread: the
// ledger's.
class CoordinatorState {
 public:
  // For the ledger. DATA_LOSS: the event cannot follow.
  absl::Status Apply(const v1::Event& event);

  // Puts the id of the experiment, old or new, into `id`. `fresh` is taken for a
  // new one. ALREADY_EXISTS: the request was used with another spec.
  absl::StatusOr<LedgerEvents> DecideSubmit(const v1::SubmitRequest& request,
                                            const std::string& fresh, std::string& id) const;

  // For one experiment. NOT_FOUND: there is none.
  absl::StatusOr<LedgerEvents> Decide(const std::string& experiment_id, const Command& command);

  // A worker is here. Attempts that an older incarnation of it ran are over.
  // ABORTED: a newer incarnation is known.
  absl::StatusOr<LedgerEvents> DecideHello(const v1::Hello& hello, const WorkerLink* link);
  // It is gone, for the time being, unless it is here on another link.
  void Disconnected(const std::string& worker_id, const WorkerLink* link, absl::Duration now);
  // Attempts on workers that are not connected for `patience` are over.
  absl::StatusOr<LedgerEvents> DecideLost(absl::Duration now, absl::Duration patience);

  // What a trainer says. ABORTED: its attempt is over.
  absl::StatusOr<LedgerEvents> DecideRecord(const v1::SpooledRecord& record);

  // Gives free slots to trials that wait; remembers why the others still do.
  // Nothing between an attempt's failure and MarkNotified().
  LedgerEvents DecideSchedule();
  // The workers know of what was applied so far.
  void MarkNotified() { pending_notification_ = false; }

  // Null: there is none.
  const ExperimentMachine* Find(const std::string& id) const;
  // It belongs to the newest attempt of its trial, which runs.
  bool IsCurrent(const v1::RankId& rank) const;
  const std::map<std::string, ExperimentMachine>& experiments() const { return experiments_; }
  const std::map<std::string, WorkerState>& workers() const { return workers_; }
  // Why a trial waits; unset when it does not.
  v1::Reason WaitingReason(const std::string& experiment_id, const std::string& trial_id) const;
  // Slots of that worker on which attempts run.
  std::vector<uint32_t> BusySlots(const std::string& worker_id) const;

  // Calls fn(machine, trial) for every trial that runs.
  template <typename Fn>
  void ForEachRunning(Fn&& fn) const {
    for (const auto& [id, machine] : experiments_) {
      if (machine.IsTerminal()) continue;
      for (const TrialStatus& trial : machine.trials()) {
        if (trial.state == v1::TRIAL_STATE_RUNNING) fn(machine, trial);
      }
    }
  }

 private:
  using TrialKey = std::pair<std::string, std::string>;

  std::vector<ReadyTrial> ReadyTrials() const;
  std::vector<WorkerSlots> FreeSlots() const;
  // Fails every attempt with a placement for which `why` gives a reason.
  LedgerEvents FailWhere(absl::FunctionRef<const v1::Reason*(const v1::Placement&)> why) const;

  std::map<std::string, ExperimentMachine> experiments_;
  std::map<std::string, std::string> by_request_;
  std::map<std::string, WorkerState> workers_;
  std::map<TrialKey, v1::Reason> waiting_;
  // An attempt failed just now. Who its gang was is known until the next one
  // starts, so that must not be in the same commit.
  bool pending_notification_ = false;
};

}  // namespace gyrus
