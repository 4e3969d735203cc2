#include "coordinator/ledger/ledger_thread.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/status.h"

namespace gyrus {
namespace {

void EndProcess(const absl::Status& why) {
  LogError(absl::StrCat("ending, to start again from the state on the disk: ", why.message()));
  // Without destructors or atexit: what they would write could rest on memory
  // that is wrong.
  // A full disk is no mistake of Gyrus.
  std::_Exit(ExitCodeFor(why) == kExitUnavailable ? kExitUnavailable : kExitInternal);
}

// Returns true for the next record of its rank, false for one that was applied before.
absl::StatusOr<bool> IsNext(const v1::SpooledRecord& record, const RecordMarks& marks) {
  const uint64_t sequence = record.record().sequence();
  if (sequence == 0) return absl::InvalidArgumentError("a record has no sequence");
  const uint64_t mark = marks.Of(KeyOf(record.rank()));
  if (sequence > mark + 1) {
    return absl::FailedPreconditionError(absl::StrCat(
        "record ", sequence, " of ", record.rank().trial_id(), " attempt ", record.rank().attempt(),
        " rank ", record.rank().rank(), " came before record ", mark + 1));
  }
  return sequence == mark + 1;
}

}  // namespace

LedgerThread::LedgerThread(std::unique_ptr<LedgerStore> store, State state, LedgerOptions options)
    : store_(std::move(store)),
      state_(std::move(state)),
      options_(std::move(options)),
      incarnation_(store_->incarnation()) {
  if (options_.on_fatal == nullptr) options_.on_fatal = EndProcess;
}

absl::StatusOr<std::unique_ptr<LedgerThread>> LedgerThread::Start(
    std::unique_ptr<LedgerStore> store, State state, LedgerOptions options) {
  std::unique_ptr<LedgerThread> ledger(
      new LedgerThread(std::move(store), std::move(state), std::move(options)));
  GYRUS_RETURN_IF_ERROR(ledger->store_->ReadEvents(
      [&ledger](const v1::Event& event) { return ledger->state_.apply(event); }));
  GYRUS_ASSIGN_OR_RETURN(ledger->marks_, ledger->store_->ReadMarks());
  ledger->thread_ = std::thread([raw = ledger.get()] { raw->Loop(); });
  return ledger;
}

LedgerThread::~LedgerThread() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool LedgerThread::Takes(const LedgerCommand& command) const {
  return queue_.size() < options_.max_queued || !command.may_be_refused ||
         std::this_thread::get_id() == thread_.get_id();
}

void LedgerThread::Run(LedgerCommand command) {
  {
    absl::MutexLock lock(&mu_);
    if (Takes(command)) {
      queue_.push_back(std::move(command));
      return;
    }
  }
  command.done(absl::ResourceExhaustedError(
      absl::StrCat("the coordinator is busy: ", options_.max_queued, " commands wait")));
}

bool LedgerThread::HasWorkOrStops() const { return !queue_.empty() || stopping_; }

void LedgerThread::Loop() {
  while (true) {
    std::vector<LedgerCommand> group;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &LedgerThread::HasWorkOrStops));
      group.swap(queue_);
    }
    if (group.empty()) return;
    RunGroup(std::move(group));
  }
}

void LedgerThread::RunGroup(std::vector<LedgerCommand> group) {
  LedgerBatch batch;
  std::vector<absl::Status> results;
  for (LedgerCommand& command : group) results.push_back(Decide(command, batch));
  if (broken_.ok() && !batch.empty()) {
    if (const absl::Status committed = store_->Commit(batch); !committed.ok()) Break(committed);
  }
  if (!broken_.ok()) {
    // Also what was decided before the break: it is in memory only.
    results.assign(group.size(), broken_);
  } else if (!batch.events.empty() && state_.publish != nullptr) {
    state_.publish(batch.events);
  }
  for (size_t i = 0; i < group.size(); ++i) group[i].done(std::move(results[i]));
}

absl::Status LedgerThread::Decide(LedgerCommand& command, LedgerBatch& batch) {
  if (!broken_.ok()) return broken_;
  if (command.record.has_value()) {
    GYRUS_ASSIGN_OR_RETURN(const bool next, IsNext(*command.record, marks_));
    if (!next) return absl::OkStatus();
  }
  GYRUS_ASSIGN_OR_RETURN(LedgerEvents events, command.decide(command.record));
  for (const v1::Event& event : events) {
    if (const absl::Status status = CheckEvent(event); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the event that it would write: ", status.message()));
    }
  }
  const int64_t now_us = absl::ToUnixMicros(options_.clock->Utc());
  for (v1::Event& event : events) {
    event.set_time_us(now_us);
    if (const absl::Status applied = state_.apply(event); !applied.ok()) {
      Break(applied);
      return broken_;
    }
    batch.events.push_back(std::move(event));
  }
  if (command.record.has_value()) {
    marks_.Set(KeyOf(command.record->rank()), command.record->record().sequence());
    batch.records.push_back(*std::move(command.record));
  }
  return absl::OkStatus();
}

void LedgerThread::Break(const absl::Status& why) {
  broken_ = absl::UnavailableError(absl::StrCat("the coordinator stops: ", why.message()));
  options_.on_fatal(why);
}

}  // namespace gyrus
