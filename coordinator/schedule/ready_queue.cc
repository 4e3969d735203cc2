#include "coordinator/schedule/ready_queue.h"

#include <utility>

namespace gyrus {
namespace {

// How far one class has been served.
struct Cursor {
  const TrialClass* trial_class;
  std::set<QueuedTrial>::const_iterator next;
  std::set<QueuedTrial>::const_iterator end;
};

// Finds the class whose next trial comes first; null if all classes are served.
Cursor* FirstOf(std::vector<Cursor>& cursors) {
  Cursor* first = nullptr;
  for (Cursor& cursor : cursors) {
    if (cursor.next == cursor.end) continue;
    if (first == nullptr || *cursor.next < *first->next) first = &cursor;
  }
  return first;
}

}  // namespace

void ReadyQueue::Add(const TrialClass& trial_class, QueuedTrial trial) {
  classes_[trial_class].insert(std::move(trial));
}

void ReadyQueue::Remove(const TrialClass& trial_class, const QueuedTrial& trial) {
  const auto found = classes_.find(trial_class);
  if (found == classes_.end()) return;
  found->second.erase(trial);
  if (found->second.empty()) classes_.erase(found);
}

QueueSchedule ScheduleQueue(const ReadyQueue& queue, absl::Span<const WorkerSlots> workers,
                            absl::FunctionRef<CheckpointHint(const QueuedTrial&)> hint) {
  QueueSchedule result;
  GangPlacer placer(workers);
  std::vector<Cursor> cursors;
  for (const auto& [trial_class, trials] : queue.classes()) {
    cursors.push_back({&trial_class, trials.begin(), trials.end()});
  }
  while (Cursor* const cursor = FirstOf(cursors)) {
    const QueuedTrial& trial = *cursor->next;
    CheckpointHint its_hint = hint(trial);
    if (its_hint.hold.has_value()) {
      result.on_hold.emplace(trial, *std::move(its_hint.hold));
      ++cursor->next;
      continue;
    }
    v1::Reason why;
    auto placed = placer.Place({.world_size = cursor->trial_class->world_size,
                                .numeric_kind = cursor->trial_class->numeric_kind,
                                .checkpoint_workers = std::move(its_hint.workers)},
                               why);
    if (placed.has_value()) {
      result.assignments.push_back(
          {trial, std::move(placed->gang), std::move(placed->numeric_kind)});
      ++cursor->next;
    } else {
      result.waiting.emplace(*cursor->trial_class, std::move(why));
      // No other trial of the class has room either.
      cursor->next = cursor->end;
    }
  }
  return result;
}

}  // namespace gyrus
