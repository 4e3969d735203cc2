// The coordinator's state in memory together with the ledger on disk: a durable list
// of events from which the state can be built again after a restart.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/status.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/ledger/ledger_thread.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// A state that changes only by events, so that it can be rebuilt from them. It may
// also hold facts that a restart forgets, such as which workers are connected.
template <typename State>
concept LedgerState = requires(State& state, const v1::Event& event) {
  // Fails for an event that is impossible in the present state.
  { state.Apply(event) } -> std::same_as<absl::Status>;
};

// Owns a state and the only thread that accesses it. ledger_thread.h documents the
// order of commands, durability and errors. Thread-safe.
template <LedgerState State>
class Ledger {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;
  using Decide = absl::AnyInvocable<absl::StatusOr<LedgerEvents>(State&)>;
  using DecideRecord =
      absl::AnyInvocable<absl::StatusOr<LedgerEvents>(State&, const v1::SpooledRecord&)>;
  using Publish = absl::AnyInvocable<void(State&, absl::Span<const v1::Event>)>;

  // Replays the ledger into `state`. `publish` may be null, and is not called for
  // replayed events.
  static absl::StatusOr<std::unique_ptr<Ledger>> Start(std::unique_ptr<LedgerStore> store,
                                                       std::unique_ptr<State> state,
                                                       Publish publish = nullptr,
                                                       LedgerOptions options = {}) {
    std::unique_ptr<Ledger> ledger(new Ledger(std::move(state)));
    State& its_state = *ledger->state_;
    LedgerThread::State hooks;
    hooks.apply = [&its_state](const v1::Event& event) { return its_state.Apply(event); };
    if (publish != nullptr) {
      hooks.publish = [&its_state,
                       publish = std::move(publish)](absl::Span<const v1::Event> events) mutable {
        publish(its_state, events);
      };
    }
    GYRUS_ASSIGN_OR_RETURN(ledger->thread_, LedgerThread::Start(std::move(store), std::move(hooks),
                                                                std::move(options)));
    return ledger;
  }

  // `decide` must not change anything durable by itself: Apply is called with each
  // event that it returns.
  void Run(Decide decide, Done done) {
    thread_->Run({.decide = [this, decide = std::move(decide)](
                                const auto&) mutable { return decide(*state_); },
                  .done = std::move(done)});
  }

  // Like Run, but the command is accepted even when the queue is full. For commands of
  // the program itself.
  void RunAlways(Decide decide, Done done) {
    thread_->Run({.decide = [this, decide = std::move(decide)](
                                const auto&) mutable { return decide(*state_); },
                  .done = std::move(done),
                  .may_be_refused = false});
  }

  // Like Run, for a record from a worker's spool, which is applied exactly once.
  void RunRecord(v1::SpooledRecord record, DecideRecord decide, Done done) {
    thread_->Run({.decide =
                      [this, decide = std::move(decide)](
                          const std::optional<v1::SpooledRecord>& its_record) mutable {
                        return decide(*state_, *its_record);
                      },
                  .done = std::move(done),
                  .record = std::move(record)});
  }

  uint64_t incarnation() const { return thread_->incarnation(); }

 private:
  explicit Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}

  const std::unique_ptr<State> state_;
  std::unique_ptr<LedgerThread> thread_;  // Last, so that it is drained before the state goes.
};

}  // namespace gyrus
