#include "coordinator/schedule/schedule.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

// The workers of one numeric kind.
struct Pool {
  std::vector<WorkerSlots> workers;
  uint64_t slots = 0;
  uint64_t free = 0;
};

// By numeric kind.
using Pools = std::map<std::string, Pool>;

Pools MakePools(absl::Span<const WorkerSlots> workers) {
  Pools pools;
  for (const WorkerSlots& worker : workers) {
    Pool& pool = pools[worker.numeric_kind];
    pool.workers.push_back(worker);
    pool.slots += worker.slots;
    pool.free += worker.free.size();
  }
  return pools;
}

// The fullest worker with room for the whole gang; null: there is none.
WorkerSlots* FindRoom(Pool& pool, uint32_t world_size) {
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

// Moves up to `count` free slots of `worker` to `gang`, lowest first.
void Take(WorkerSlots& worker, uint32_t count, Pool& pool, std::vector<v1::Placement>& gang) {
  const auto end = worker.free.begin() + std::min<size_t>(count, worker.free.size());
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
std::vector<v1::Placement> PlaceGang(Pool& pool, uint32_t world_size) {
  std::vector<v1::Placement> gang;
  if (WorkerSlots* worker = FindRoom(pool, world_size); worker != nullptr) {
    Take(*worker, world_size, pool, gang);
    return gang;
  }
  std::vector<WorkerSlots*> emptiest_first;
  for (WorkerSlots& worker : pool.workers) emptiest_first.push_back(&worker);
  std::sort(emptiest_first.begin(), emptiest_first.end(), [](const auto* a, const auto* b) {
    return std::forward_as_tuple(b->free.size(), a->worker_id) <
           std::forward_as_tuple(a->free.size(), b->worker_id);
  });
  for (WorkerSlots* worker : emptiest_first) {
    Take(*worker, world_size - static_cast<uint32_t>(gang.size()), pool, gang);
  }
  return gang;
}

// The pools that `trial` could use.
std::vector<Pools::pointer> Candidates(const ReadyTrial& trial, Pools& pools) {
  std::vector<Pools::pointer> candidates;
  for (auto& entry : pools) {
    if (trial.numeric_kind.empty() || trial.numeric_kind == entry.first) {
      candidates.push_back(&entry);
    }
  }
  return candidates;
}

// One with room on one worker rather than on several; null: none has enough.
Pools::pointer ChoosePool(const std::vector<Pools::pointer>& candidates, uint32_t world_size) {
  Pools::pointer chosen = nullptr;
  for (const Pools::pointer candidate : candidates) {
    if (candidate->second.free < world_size) continue;
    if (FindRoom(candidate->second, world_size) != nullptr) return candidate;
    if (chosen == nullptr) chosen = candidate;
  }
  return chosen;
}

// Why `trial` cannot start; sets aside what it waits for.
v1::Reason Wait(const ReadyTrial& trial, const std::vector<Pools::pointer>& candidates) {
  uint64_t free = 0;
  uint64_t most_slots = 0;
  for (const Pools::pointer candidate : candidates) {
    free += candidate->second.free;
    most_slots = std::max(most_slots, candidate->second.slots);
  }
  v1::Reason reason;
  if (!trial.numeric_kind.empty() && free == 0) {
    reason.set_code(v1::REASON_CODE_NUMERIC_KIND);
    reason.set_message(absl::StrCat("it began on numeric kind ", trial.numeric_kind,
                                    ", of which no slot is free for it"));
    return reason;
  }
  reason.set_code(v1::REASON_CODE_WAITING_FOR_SLOTS);
  reason.set_message(most_slots == 0
                         ? "no worker is connected"
                         : absl::StrCat("slots of one numeric kind: it needs ", trial.world_size,
                                        ", free are ", free, " of at most ", most_slots));
  for (const Pools::pointer candidate : candidates) {
    Pool& pool = candidate->second;
    if (pool.slots < trial.world_size) continue;
    pool.free = 0;
    for (WorkerSlots& worker : pool.workers) worker.free.clear();
  }
  return reason;
}

}  // namespace

ScheduleResult Schedule(absl::Span<const ReadyTrial> trials,
                        absl::Span<const WorkerSlots> workers) {
  Pools pools = MakePools(workers);
  ScheduleResult result;
  for (const ReadyTrial& trial : trials) {
    const std::vector<Pools::pointer> candidates = Candidates(trial, pools);
    const Pools::pointer pool = ChoosePool(candidates, trial.world_size);
    if (pool == nullptr) {
      result.waiting.push_back({trial.experiment_id, trial.trial_id, Wait(trial, candidates)});
      continue;
    }
    result.assignments.push_back({trial.experiment_id, trial.trial_id,
                                  PlaceGang(pool->second, trial.world_size), pool->first});
  }
  return result;
}

}  // namespace gyrus
