// The one thread that decides on commands, makes what they cause durable, and only
// then answers.
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
  // Runs on the ledger's thread, with `record` below: the events that the
  // command causes, none when there is nothing to change. After an error
  // nothing is kept.
  absl::AnyInvocable<absl::StatusOr<LedgerEvents>(const std::optional<v1::SpooledRecord>&)> decide;
  // Called exactly once, when what the command caused, and all that it may have
  // seen, survives a power cut. Must not block.
  absl::AnyInvocable<void(absl::Status)> done;
  // The record from a worker's spool that the command brings, if any. It is kept
  // together with the events, and only once: a record that was applied before is
  // answered OK without `decide`.
  std::optional<v1::SpooledRecord> record;
  // Whether the command is refused when the queue is full. False for what nobody
  // would send again.
  bool may_be_refused = true;
};

struct LedgerOptions {
  // Commands beyond this are refused.
  size_t max_queued = 4096;
  // Stamps the events.
  const Clock* clock = &SystemClock();
  // Memory is ahead of the disk, or contradicts itself. By default logs and ends
  // the process, which recovers by starting again. A test's may return; then
  // this and all later commands are answered UNAVAILABLE.
  absl::AnyInvocable<void(const absl::Status&)> on_fatal;
};

// Takes all commands that wait, lets each decide on what those before it have
// changed, commits what they caused in one transaction, then publishes and
// answers. So one sync serves as many callers as there are, and nobody hears of
// anything that a crash could undo.
//
//   Run -> queue -> decide, apply | decide, apply | ... -> commit -> publish -> answers
//
// Users have Ledger<State> (ledger.h) instead. Thread-safe.
class LedgerThread {
 public:
  // The functions that change the state and publish it. Both run on the ledger's
  // thread.
  struct State {
    // Fails for an event that cannot follow what is.
    absl::AnyInvocable<absl::Status(const v1::Event&)> apply;
    // Gets the events that were just committed, before the answers. May be null. Must
    // not block.
    absl::AnyInvocable<void(absl::Span<const v1::Event>)> publish;
  };

  // Replays the ledger into `state`, then starts the thread.
  //  * what `apply` returned for an event of the ledger.
  static absl::StatusOr<std::unique_ptr<LedgerThread>> Start(std::unique_ptr<LedgerStore> store,
                                                             State state, LedgerOptions options);
  // Runs and answers what is queued, then joins.
  ~LedgerThread();
  LedgerThread(const LedgerThread&) = delete;
  LedgerThread& operator=(const LedgerThread&) = delete;

  // Never blocks; answers at once, on the caller's thread, when the queue is
  // full. What may not be refused, and what the ledger's own thread runs, from
  // `answer` or `publish`, is always taken. Not after destruction began, except from that thread.
  //
  // Answers, besides what `decide` returns:
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

  // Only used by the ledger's thread, once it runs.
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
