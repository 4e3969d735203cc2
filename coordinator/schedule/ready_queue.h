// The trials that wait for an attempt, in the order in which they are served.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "coordinator/schedule/schedule.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Trials that the scheduler cannot tell apart, but for their checkpoints: where
// one of them has no room, none has.
struct TrialClass {
  uint32_t world_size = 1;
  std::string numeric_kind;  // An empty text means any kind.
  auto operator<=>(const TrialClass&) const = default;
};

// Orders by submission, then by the trial's place in its plan.
struct QueuedTrial {
  int64_t submitted_us = 0;
  std::string experiment_id;
  uint32_t number = 0;  // As in TrialStatus.
  auto operator<=>(const QueuedTrial&) const = default;
};

// First come, first served. Thread-compatible.
class ReadyQueue {
 public:
  using Classes = std::map<TrialClass, std::set<QueuedTrial>>;

  void Add(const TrialClass& trial_class, QueuedTrial trial);
  // Does nothing where the trial is not in the queue.
  void Remove(const TrialClass& trial_class, const QueuedTrial& trial);
  // None of the sets is empty.
  const Classes& classes() const { return classes_; }

 private:
  Classes classes_;
};

// The checkpoints of one waiting trial. They are kept apart from its class because they
// differ from trial to trial.
struct CheckpointHint {
  // As in ReadyTrial.
  std::vector<std::string> workers;
  // If it is set, the trial does not start yet, for this reason, and does not delay others.
  std::optional<v1::Reason> hold;
};

struct QueuedAssignment {
  QueuedTrial trial;
  std::vector<v1::Placement> gang;  // By rank.
  std::string numeric_kind;
};

struct QueueSchedule {
  std::vector<QueuedAssignment> assignments;
  // Why the trials that remain in each class wait.
  std::map<TrialClass, v1::Reason> waiting;
  // The exceptions: trials on hold.
  std::map<QueuedTrial, v1::Reason> on_hold;
};

// Serves the queue as GangPlacer places gangs. The cost grows with the number of
// classes, workers, trials that start and trials on hold, not with the number of
// trials that wait.
QueueSchedule ScheduleQueue(const ReadyQueue& queue, absl::Span<const WorkerSlots> workers,
                            absl::FunctionRef<CheckpointHint(const QueuedTrial&)> hint);

}  // namespace gyrus
