// Which trials start now, and where.
#pragma once

#include <cstdint>
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
  // Of its first attempt; empty: any.
  std::string numeric_kind;
};

// A connected worker.
struct WorkerSlots {
  std::string worker_id;
  uint64_t incarnation = 0;
  std::string numeric_kind;
  uint32_t slots = 0;
  std::vector<uint32_t> free;  // Numbers of its slots, rising.
};

struct Assignment {
  std::string experiment_id;
  std::string trial_id;
  std::vector<v1::Placement> gang;  // By rank.
  std::string numeric_kind;
};

struct WaitingTrial {
  std::string experiment_id;
  std::string trial_id;
  v1::Reason reason;
};

struct ScheduleResult {
  std::vector<Assignment> assignments;
  std::vector<WaitingTrial> waiting;
};

// Gives each trial, in the order given, all the slots that its gang needs or
// none. A gang sits on workers of one numeric kind: its trial's, if it has one.
// It sits on one worker if any has room (on the fullest such), otherwise on as
// few as there need be.
//
// No starvation: a gang that waits for slots sets aside the free slots of every
// kind that it could use, so no later trial takes them. It sets nothing aside
// where all the workers of a kind together are too few for it, as then no trial
// that ends could help it; nor does a trial whose numeric kind has no free slot.
//
// Reasons: NUMERIC_KIND, WAITING_FOR_SLOTS. Depends on nothing but the
// arguments; worker ids are unique.
ScheduleResult Schedule(absl::Span<const ReadyTrial> trials, absl::Span<const WorkerSlots> workers);

}  // namespace gyrus
