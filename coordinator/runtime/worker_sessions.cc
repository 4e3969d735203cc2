#include "coordinator/runtime/worker_sessions.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/reason/reason.h"
#include "common/version.h"

namespace gyrus {
namespace {

v1::ToWorker Welcome() {
  v1::ToWorker message;
  message.mutable_welcome()->set_protocol_major(kProtocolMajor);
  message.mutable_welcome()->set_protocol_minor(kProtocolMinor);
  message.mutable_welcome()->set_build(kVersion);
  return message;
}

}  // namespace

WorkerSessions::WorkerSessions(Ledger<CoordinatorState>& ledger, WorkerLinks& links,
                               StatusStore& status_store, AttemptDispatcher& dispatcher,
                               const Clock& clock)
    : ledger_(ledger),
      links_(links),
      status_store_(status_store),
      dispatcher_(dispatcher),
      clock_(clock) {}

// The link is added only after the commit. From then on all messages to the worker follow
// the welcome.
void WorkerSessions::OnHello(std::shared_ptr<WorkerLink> link, v1::Hello hello) {
  const std::string worker = hello.worker_id();
  auto replies = std::make_shared<std::vector<v1::ToWorker>>();
  ledger_.Run(
      [this, hello = std::move(hello), replies, link](CoordinatorState& state) {
        auto events = state.DecideHello(hello, link.get());
        if (!events.ok()) return events;
        *replies = RepliesTo(hello, state);
        StartMissingRanks(hello, state);
        status_store_.PublishWorkers(ToWorkerViews(state));
        return events;
      },
      [this, link, worker, replies](const absl::Status& status) {
        if (!status.ok()) {
          link->Close(status);
          return;
        }
        links_.Add(worker, link);
        link->Send(Welcome());
        for (v1::ToWorker& reply : *replies) link->Send(std::move(reply));
        Schedule();
      });
}

std::vector<v1::ToWorker> WorkerSessions::RepliesTo(const v1::Hello& hello,
                                                    const CoordinatorState& state) {
  std::vector<v1::ToWorker> replies;
  for (const v1::RankId& rank : hello.running()) {
    if (!state.IsCurrent(rank)) replies.push_back(StopMessage(rank, v1::Reason()));
  }
  for (v1::ForgetTrial& obsolete : state.ObsoleteCheckpoints(hello)) {
    *replies.emplace_back().mutable_forget() = std::move(obsolete);
  }
  return replies;
}

// A start that was lost with an earlier link is sent again.
void WorkerSessions::StartMissingRanks(const v1::Hello& hello, const CoordinatorState& state) {
  std::set<std::string> running;
  for (const v1::RankId& rank : hello.running()) running.insert(rank.SerializeAsString());
  state.ForEachTrialOn(
      hello.worker_id(), [&](const ExperimentMachine& machine, const TrialStatus& trial) {
        for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
          const v1::Placement& placement = trial.gang[rank];
          const bool is_here = placement.worker_id() == hello.worker_id() &&
                               placement.incarnation() == hello.incarnation();
          if (!is_here || trial.finished[rank].has_value() ||
              running.contains(RankIdOf(machine, trial, rank).SerializeAsString())) {
            continue;
          }
          dispatcher_.Start(machine, trial, rank);
        }
      });
}

void WorkerSessions::OnRecord(std::shared_ptr<WorkerLink> link, v1::SpooledRecord record) {
  const v1::RankId rank = record.rank();
  const uint64_t sequence = record.record().sequence();
  auto progress = std::make_shared<v1::SpooledRecord>();
  const v1::Record& content = record.record();
  if (content.has_started() || content.has_steps() || content.has_epoch()) *progress = record;
  std::optional<v1::Reason> waiting;
  if (content.has_waiting()) waiting = content.waiting();
  ledger_.RunRecord(
      std::move(record),
      [](CoordinatorState& state, const v1::SpooledRecord& its_record) {
        return state.DecideRecord(its_record);
      },
      [this, link, rank, sequence, progress, waiting](const absl::Status& status) {
        if (status.ok()) {
          v1::ToWorker message;
          *message.mutable_applied()->mutable_rank() = rank;
          message.mutable_applied()->set_sequence(sequence);
          link->Send(std::move(message));
          if (progress->has_record()) status_store_.SetProgress(*progress);
          if (waiting.has_value()) status_store_.SetWaiting(rank, *waiting);
        } else if (absl::IsAborted(status)) {
          link->Send(StopMessage(rank, MakeReason(v1::REASON_CODE_UNSPECIFIED, status.message())));
        } else if (absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status)) {
          // It would be refused as often as it came.
          v1::RankExited exited;
          *exited.mutable_rank() = rank;
          *exited.mutable_reason() = MakeReason(v1::REASON_CODE_INTERNAL, status.message());
          OnExited(exited);
        } else {
          // The worker sends it again on its next link.
          LogWarning(absl::StrCat("a record of ", rank.trial_id(), ": ", status.message()));
          link->Close(absl::UnavailableError(status.message()));
        }
      });
}

void WorkerSessions::OnExited(const v1::RankExited& exited) {
  ledger_.RunAlways([exited](CoordinatorState& state) { return state.DecideExit(exited); },
                    [](const absl::Status&) {});
}

void WorkerSessions::OnWaiting(const v1::RankWaiting& waiting) {
  status_store_.SetWaiting(waiting.rank(), waiting.reason());
}

void WorkerSessions::OnDisconnected(const WorkerLink* link, const std::string& worker_id) {
  ledger_.RunAlways(
      [this, worker_id, link](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        const absl::Duration now = clock_.Monotonic();
        state.Disconnected(worker_id, link, now);
        state.RefreshWaiting(now);
        status_store_.PublishWorkers(ToWorkerViews(state));
        status_store_.PublishWaiting(state.waiting());
        return LedgerEvents();
      },
      // Its Hello may have been answered just before this.
      [this, worker_id, link](const absl::Status&) {
        if (!links_.Remove(worker_id, link)) return;
        LogWarning(absl::StrCat("worker ", worker_id, " is not connected any more"));
      });
}

void WorkerSessions::Schedule() {
  ledger_.RunAlways(
      [this](CoordinatorState& state) -> absl::StatusOr<LedgerEvents> {
        LedgerEvents events = state.DecideSchedule(clock_.Monotonic());
        status_store_.PublishWaiting(state.waiting());
        return events;
      },
      [](const absl::Status&) {});
}

std::vector<v1::WorkerView> ToWorkerViews(const CoordinatorState& state) {
  std::vector<v1::WorkerView> views;
  for (const auto& [id, worker] : state.workers()) {
    v1::WorkerView& view = views.emplace_back();
    view.set_id(id);
    view.set_connected(worker.connected());
    view.set_slots(worker.slots);
    view.set_slots_busy(static_cast<uint32_t>(state.occupied().CountOn(id)));
    view.set_numeric_kind(worker.numeric_kind);
  }
  return views;
}

}  // namespace gyrus
