// Decides which trials start now, and on which slots of which workers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// A trial that waits for its next attempt.
struct ReadyTrial {
  std::string experiment_id;
  std::string trial_id;
  uint32_t world_size = 1;
  // The kind of its first attempt. Without an attempt it is empty, and any kind will do.
  std::string numeric_kind;
  // Workers on whose hosts a checkpoint of this trial lies, the newest first. Rank
  // 0 is placed on the first of them that has a free slot.
  std::vector<std::string> checkpoint_workers;
};

// A connected worker.
struct WorkerSlots {
  std::string worker_id;
  uint64_t incarnation = 0;
  std::string numeric_kind;
  uint32_t slots = 0;
  std::vector<uint32_t> free;  // The numbers of its free slots, in rising order.
};

struct Assignment {
  std::string experiment_id;
  std::string trial_id;
  std::vector<v1::Placement> gang;  // By rank.
  std::string numeric_kind;
};

// Gives trials, one after another, all the slots that their gangs need or none.
// A gang is placed on workers of one numeric kind: that of its trial, where it
// has one already.
//
// Where a worker that has a checkpoint of the trial has a free slot, rank 0 is
// placed there, because the work that the checkpoint saves is worth more than a
// compact gang. Otherwise the gang is placed on one worker, if any has room (on
// the fullest such), and else on as few as possible.
//
// No starvation: a gang that waits for slots reserves the free slots of every
// kind that it could use, so that no later trial takes them. It reserves none
// where all the workers of a kind together are too few for it, as then no trial
// that ends could help it; nor does a trial whose numeric kind has no free slot.
//
// The result depends only on the arguments. Worker ids are unique.
// Thread-compatible.
class GangPlacer {
 public:
  explicit GangPlacer(absl::Span<const WorkerSlots> workers);

  // Returns nothing where the trial has to wait; `why` then has the reason, NUMERIC_KIND or
  // WAITING_FOR_SLOTS. Every later trial with the same world size and numeric kind has to
  // wait too.
  std::optional<Assignment> Place(const ReadyTrial& trial, v1::Reason& why);

 private:
  // The workers of one numeric kind.
  struct Pool {
    std::vector<WorkerSlots> workers;
    uint64_t slots = 0;
    uint64_t free = 0;
  };
  using Pools = std::map<std::string, Pool>;  // By numeric kind.

  static WorkerSlots* FindRoom(Pool& pool, uint32_t world_size);
  static WorkerSlots* FindCheckpoint(Pool& pool, const ReadyTrial& trial);
  static void Take(WorkerSlots& worker, size_t count, Pool& pool, std::vector<v1::Placement>& gang);
  static std::vector<v1::Placement> PlaceGang(Pool& pool, const ReadyTrial& trial);
  static Pools::pointer ChoosePool(const std::vector<Pools::pointer>& candidates,
                                   const ReadyTrial& trial);
  static v1::Reason Wait(const ReadyTrial& trial, const std::vector<Pools::pointer>& candidates);

  Pools pools_;
};

}  // namespace gyrus
