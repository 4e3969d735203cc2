#include "coordinator/schedule/schedule.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gyrus {

GangPlacer::GangPlacer(absl::Span<const WorkerSlots> workers) {
  for (const WorkerSlots& worker : workers) {
    Pool& pool = pools_[worker.numeric_kind];
    pool.workers.push_back(worker);
    pool.slots += worker.slots;
    pool.free += worker.free.size();
  }
}

// Finds the fullest worker with room for the whole gang; null if there is none.
WorkerSlots* GangPlacer::FindRoom(Pool& pool, uint32_t world_size) {
  WorkerSlots* best = nullptr;
  for (WorkerSlots& worker : pool.workers) {
    if (worker.free.size() < world_size) continue;
    if (best == nullptr || std::forward_as_tuple(worker.free.size(), worker.worker_id) <
                               std::forward_as_tuple(best->free.size(), best->worker_id)) {
      best = &worker;
    }
  }
  return best;
}

// The worker with the newest checkpoint of the trial among those that have a free
// slot; null if there is none.
WorkerSlots* GangPlacer::FindCheckpoint(Pool& pool, const ReadyTrial& trial) {
  for (const std::string& id : trial.checkpoint_workers) {
    for (WorkerSlots& worker : pool.workers) {
      if (worker.worker_id == id && !worker.free.empty()) return &worker;
    }
  }
  return nullptr;
}

// Moves up to `count` free slots of `worker` to `gang`, lowest first.
void GangPlacer::Take(WorkerSlots& worker, size_t count, Pool& pool,
                      std::vector<v1::Placement>& gang) {
  const auto end = worker.free.begin() + std::min(count, worker.free.size());
  for (auto slot = worker.free.begin(); slot != end; ++slot) {
    v1::Placement& placement = gang.emplace_back();
    placement.set_worker_id(worker.worker_id);
    placement.set_incarnation(worker.incarnation);
    placement.set_slot(*slot);
  }
  pool.free -= static_cast<uint64_t>(end - worker.free.begin());
  worker.free.erase(worker.free.begin(), end);
}

// The pool has enough free slots.
std::vector<v1::Placement> GangPlacer::PlaceGang(Pool& pool, const ReadyTrial& trial) {
  std::vector<v1::Placement> gang;
  WorkerSlots* first = FindCheckpoint(pool, trial);
  if (first == nullptr) first = FindRoom(pool, trial.world_size);
  if (first != nullptr) Take(*first, trial.world_size, pool, gang);
  if (gang.size() == trial.world_size) return gang;
  std::vector<WorkerSlots*> emptiest_first;
  for (WorkerSlots& worker : pool.workers) emptiest_first.push_back(&worker);
  std::sort(emptiest_first.begin(), emptiest_first.end(), [](const auto* a, const auto* b) {
    return std::forward_as_tuple(b->free.size(), a->worker_id) <
           std::forward_as_tuple(a->free.size(), b->worker_id);
  });
  for (WorkerSlots* worker : emptiest_first) {
    Take(*worker, trial.world_size - gang.size(), pool, gang);
  }
  return gang;
}

// A pool that has a checkpoint of the trial; otherwise one with room on one worker
// rather than on several; null if none has enough free slots.
GangPlacer::Pools::pointer GangPlacer::ChoosePool(const std::vector<Pools::pointer>& candidates,
                                                  const ReadyTrial& trial) {
  Pools::pointer chosen = nullptr;
  const auto rank = [&trial](Pools::pointer candidate) {
    if (FindCheckpoint(candidate->second, trial) != nullptr) return 2;
    return FindRoom(candidate->second, trial.world_size) != nullptr ? 1 : 0;
  };
  for (const Pools::pointer candidate : candidates) {
    if (candidate->second.free < trial.world_size) continue;
    if (chosen == nullptr || rank(candidate) > rank(chosen)) chosen = candidate;
  }
  return chosen;
}

// Why `trial` cannot start. Reserves the slots that it waits for.
v1::Reason GangPlacer::Wait(const ReadyTrial& trial,
                            const std::vector<Pools::pointer>& candidates) {
  uint64_t free = 0;
  uint64_t max_slots = 0;
  for (const Pools::pointer candidate : candidates) {
    free += candidate->second.free;
    max_slots = std::max(max_slots, candidate->second.slots);
  }
  v1::Reason reason;
  if (!trial.numeric_kind.empty() && free == 0) {
    reason.set_code(v1::REASON_CODE_NUMERIC_KIND);
    reason.set_message(absl::StrCat("the trial began on numeric kind ", trial.numeric_kind,
                                    ", of which no slot is free for it"));
    return reason;
  }
  reason.set_code(v1::REASON_CODE_WAITING_FOR_SLOTS);
  reason.set_message(max_slots == 0
                         ? "no worker is connected yet"
                         : absl::StrCat("slots of one numeric kind: it needs ", trial.world_size,
                                        ", free are ", free, " of at most ", max_slots));
  for (const Pools::pointer candidate : candidates) {
    Pool& pool = candidate->second;
    if (pool.slots < trial.world_size) continue;
    pool.free = 0;
    for (WorkerSlots& worker : pool.workers) worker.free.clear();
  }
  return reason;
}

std::optional<Assignment> GangPlacer::Place(const ReadyTrial& trial, v1::Reason& why) {
  std::vector<Pools::pointer> candidates;
  for (auto& entry : pools_) {
    if (trial.numeric_kind.empty() || trial.numeric_kind == entry.first) {
      candidates.push_back(&entry);
    }
  }
  const Pools::pointer pool = ChoosePool(candidates, trial);
  if (pool == nullptr) {
    why = Wait(trial, candidates);
    return std::nullopt;
  }
  return Assignment{trial.experiment_id, trial.trial_id, PlaceGang(pool->second, trial),
                    pool->first};
}

}  // namespace gyrus
