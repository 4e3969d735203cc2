// The one thread that decides on commands, makes what they cause durable, and only
// then replies.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "coordinator/ledger/ledger_store.h"

namespace gyrus {

using LedgerEvents = std::vector<v1::Event>;

// One request to the coordinator, from an operator, a worker or the program itself.
struct LedgerCommand {
  // Runs on the ledger's thread and gets `record` below. Returns the events that the
  // command causes, none when there is nothing to change. After an error nothing is
  // stored.
  absl::AnyInvocable<absl::StatusOr<LedgerEvents>(const std::optional<v1::SpooledRecord>&)> decide;
  // Called exactly once, when everything that the command caused, and everything that
  // it may have seen, survives a power cut. Must not block.
  absl::AnyInvocable<void(absl::Status)> done;
  // The record from a worker's spool that comes with the command, if any. It is stored
  // in the same transaction as the events, and only once: for a record that was applied
  // before, `done` is called with OK and `decide` is not called.
  std::optional<v1::SpooledRecord> record;
  // Whether the command may be refused when the queue is full. False for commands that
  // nobody would send again.
  bool may_be_refused = true;
};

struct LedgerOptions {
  // The longest queue. Further commands are refused.
  size_t max_queued = 4096;
  // The clock for the time of the events.
  const Clock* clock = &SystemClock();
  // Called when the state in memory is ahead of the disk or inconsistent. The default
  // logs the error and ends the process, which recovers when it is started again. In a
  // test it may return; then this and all later commands fail with UNAVAILABLE.
  absl::AnyInvocable<void(const absl::Status&)> on_fatal;
};

// Takes all waiting commands, runs `decide` of each on the state that the commands
// before it have produced, commits all their events in one transaction, then publishes
// the events and calls `done` of each command. One sync of the disk thus serves all
// waiting callers, and nobody learns of anything that a crash could undo.
//
//   Run -> queue -> decide, apply | decide, apply | ... -> commit -> publish -> done
//
// Users have Ledger<State> (ledger.h) instead. Thread-safe.
class LedgerThread {
 public:
  // The functions that change the state and publish it. Both run on the ledger's
  // thread.
  struct State {
    // Fails for an event that is impossible in the present state.
    absl::AnyInvocable<absl::Status(const v1::Event&)> apply;
    // Gets the events that were just committed, before the `done` functions are called.
    // May be null. Must not block.
    absl::AnyInvocable<void(absl::Span<const v1::Event>)> publish;
  };

  // Replays the ledger into `state`, then starts the thread.
  //  * what `apply` returned for an event of the ledger.
  static absl::StatusOr<std::unique_ptr<LedgerThread>> Start(std::unique_ptr<LedgerStore> store,
                                                             State state, LedgerOptions options);
  // Runs the queued commands, then joins the thread.
  ~LedgerThread();
  LedgerThread(const LedgerThread&) = delete;
  LedgerThread& operator=(const LedgerThread&) = delete;

  // Queues a command and never blocks. When the queue is full, `done` is called at once
  // on the caller's thread; commands that may not be refused, and commands that the
  // ledger's own thread runs from `done` or `publish`, are always accepted. After
  // destruction has begun only that thread may call it.
  //
  // `done` gets the error of `decide`, or:
  //  * RESOURCE_EXHAUSTED: the queue is full; try again later.
  //  * INVALID_ARGUMENT: the record has no sequence; or an event does not pass
  //    CheckEvent, because of what someone sent.
  //  * FAILED_PRECONDITION: an earlier record of its rank is missing.
  //  * UNAVAILABLE: see LedgerOptions::on_fatal.
  void Run(LedgerCommand command) ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t incarnation() const { return incarnation_; }

 private:
  LedgerThread(std::unique_ptr<LedgerStore> store, State state, LedgerOptions options);

  bool Takes(const LedgerCommand& command) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool HasWorkOrStops() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  void RunGroup(std::vector<LedgerCommand> group);
  // Adds what the command causes to `batch` and to memory.
  absl::Status Decide(LedgerCommand& command, LedgerBatch& batch);
  void Break(const absl::Status& why);

  // Once the thread runs, only the thread uses these.
  const std::unique_ptr<LedgerStore> store_;
  State state_;
  LedgerOptions options_;
  RecordMarks marks_;
  absl::Status broken_;

  const uint64_t incarnation_;
  absl::Mutex mu_;
  std::vector<LedgerCommand> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace gyrus
