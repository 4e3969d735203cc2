// Handles the messages that workers send over their links.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/clock.h"
#include "coordinator/ledger/ledger.h"
#include "coordinator/runtime/attempt_dispatcher.h"
#include "coordinator/runtime/status_store.h"
#include "coordinator/runtime/worker_links.h"
#include "coordinator/state/coordinator_state.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Turns the messages of workers into commands for the ledger, and answers each
// once it is durable. Decides nothing: CoordinatorState does.
//
// The arguments of the constructor must outlive it, and it must outlive the last
// command of the ledger. Thread-safe; no method blocks.
class WorkerSessions {
 public:
  WorkerSessions(Ledger<CoordinatorState>& ledger, WorkerLinks& links, StatusStore& status_store,
                 AttemptDispatcher& dispatcher, const Clock& clock);

  void OnHello(std::shared_ptr<WorkerLink> link, v1::Hello hello);
  void OnRecord(std::shared_ptr<WorkerLink> link, v1::SpooledRecord record);
  void OnExited(const v1::RankExited& exited);
  // Shown to operators; nothing is decided or kept.
  void OnWaiting(const v1::RankWaiting& waiting);
  // `link` has ended, and is only compared.
  void OnDisconnected(const WorkerLink* link, const std::string& worker_id);

 private:
  // On the ledger's thread. The messages that follow the welcome.
  std::vector<v1::ToWorker> RepliesTo(const v1::Hello& hello, const CoordinatorState& state);
  void StartMissingRanks(const v1::Hello& hello, const CoordinatorState& state);
  // Gives free slots to trials that wait, and shows why the others do.
  void Schedule();

  Ledger<CoordinatorState>& ledger_;
  WorkerLinks& links_;
  StatusStore& status_store_;
  AttemptDispatcher& dispatcher_;
  const Clock& clock_;
};

// Returns the views of all workers for operators.
std::vector<v1::WorkerView> ToWorkerViews(const CoordinatorState& state);

}  // namespace gyrus
