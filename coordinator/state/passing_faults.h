// What follows from passing faults: trials that are held for a while before they are
// tried again, and workers that rest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "coordinator/state/occupied_slots.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Each pause is twice the one before it, but no longer than `longest`.
struct Pauses {
  absl::Duration first;
  absl::Duration longest;
};

struct FaultOptions {
  // Before a trial is tried again.
  Pauses retry = {absl::Seconds(1), absl::Minutes(5)};
  // How many trials in a row must fail on a worker before it rests, and how long
  // it rests.
  uint32_t failures_before_rest = 3;
  Pauses rest = {absl::Seconds(10), absl::Minutes(10)};
};

// Trials that the environment stopped, such as a full disk or a data loader that is
// away. The pause grows with each fault in a row; a checkpoint shows that there was
// progress since, and ends the row.
//
// Soft facts: after a restart of the coordinator every trial may start at once.
// Times are Clock::Monotonic. Thread-compatible.
class HeldTrials {
 public:
  explicit HeldTrials(const Pauses& pauses) : pauses_(pauses) {}

  // An attempt of the trial has failed. Some faults are followed by another attempt
  // at once: a restart, which is over when it is seen, and the first loss of a peer.
  void AddFault(const TrialKey& trial, const v1::Reason& reason, absl::Duration now);
  // The trial has made progress, or is over.
  void Remove(const TrialKey& trial) { held_.erase(trial); }

  // Why the trial does not start yet. Absent: it may.
  std::optional<v1::Reason> ReasonOf(const TrialKey& trial, absl::Duration now) const;

 private:
  struct Held {
    uint32_t faults = 0;  // In a row.
    absl::Duration until;
    v1::Reason reason;
  };

  const Pauses pauses_;
  std::map<TrialKey, Held> held_;
};

// Workers on which several trials in a row have failed: something is wrong with the
// host, and other hosts take the trials meanwhile.
// After its rest a worker gets work again; one more failure makes it rest for longer,
// and the first success ends that.
//
// Soft facts, like HeldTrials. Thread-compatible.
class RestingWorkers {
 public:
  RestingWorkers(uint32_t failures_before_rest, const Pauses& pauses)
      : failures_before_rest_(failures_before_rest), pauses_(pauses) {}

  // An attempt of the trial has failed on the worker. Only faults of a host count, and
  // of several in a row of one trial only the first: that trial may be to blame.
  void AddFault(const std::string& worker_id, const TrialKey& trial, const v1::Reason& reason,
                absl::Duration now);
  // An attempt has succeeded there or has written a checkpoint, or the worker was
  // started again.
  void Remove(const std::string& worker_id) { workers_.erase(worker_id); }

  // Why the worker gets nothing to do. Absent: it does.
  std::optional<v1::Reason> ReasonOf(const std::string& worker_id, absl::Duration now) const;

 private:
  struct Record {
    uint32_t failures = 0;  // In a row.
    TrialKey last_trial;
    absl::Duration until = -absl::InfiniteDuration();
    v1::Reason reason;
  };

  const uint32_t failures_before_rest_;
  const Pauses pauses_;
  std::map<std::string, Record> workers_;
};

}  // namespace gyrus
