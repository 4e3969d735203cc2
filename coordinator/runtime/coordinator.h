// The coordinator as an object without network: it accepts experiments, plans and
// schedules their trainings, and keeps their results. coordinator/service connects it
// to gRPC.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/run_folder.h"
#include "common/signing.h"
#include "coordinator/ledger/ledger.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/runtime/artifact_linker.h"
#include "coordinator/runtime/attempt_dispatcher.h"
#include "coordinator/runtime/experiment_files.h"
#include "coordinator/runtime/loaders.h"
#include "coordinator/runtime/plan_runner.h"
#include "coordinator/runtime/planner.h"
#include "coordinator/runtime/rendezvous.h"
#include "coordinator/runtime/result_builder.h"
#include "coordinator/runtime/status_store.h"
#include "coordinator/runtime/worker_links.h"
#include "coordinator/runtime/worker_sessions.h"
#include "coordinator/state/coordinator_state.h"
#include "coordinator/vault/vault.h"

namespace gyrus {

// The objects that a coordinator works with. All must outlive it.
struct CoordinatorParts {
  const RunFolder& folder;
  const SigningKey& key;
  Vault& vault;
  LedgerReader& reader;
  Loaders& loaders;
  LinkTarget& links;
  const Clock& clock;
};

struct RuntimeOptions {
  StateOptions state;
  // How often it is checked whether a worker is lost or a wait is over.
  absl::Duration check_interval = absl::Seconds(1);
};

// Owns the ledger and the objects that act on what it commits, and hands each of
// them the events that concern it:
//
//   operators, workers -> command -> CoordinatorState -> ledger -> committed events
//   committed events -> StatusStore          what operators see
//                    -> PlanRunner           plans what was submitted
//                    -> AttemptDispatcher    starts and stops ranks
//                    -> ExperimentFiles      links artefacts, writes result files
//                    -> Rendezvous           ends that of an attempt
//
// The work that follows a commit depends on what the commit changed, not on how
// many trials or experiments there are. Decides nothing itself. Thread-safe.
class Coordinator {
 public:
  static absl::StatusOr<std::unique_ptr<Coordinator>> Start(std::unique_ptr<LedgerStore> store,
                                                            const CoordinatorParts& parts,
                                                            const RuntimeOptions& options = {});
  ~Coordinator();

  // For operators. Blocks until the experiment is durable; returns its id.
  absl::StatusOr<std::string> Submit(v1::SubmitRequest request);
  absl::Status Cancel(const std::string& experiment_id);
  // Opens trials that have failed; returns their ids.
  absl::StatusOr<std::vector<std::string>> Retry(const v1::RetryRequest& request);
  // Computed from what is stored; changes nothing. The files that it names are
  // there. Blocks while predictions are read.
  absl::StatusOr<v1::Result> MakeResult(const std::string& experiment_id);

  StatusStore& status_store() { return status_store_; }
  WorkerLinks& links() { return links_; }
  WorkerSessions& sessions() { return *sessions_; }
  Planner& planner() { return planner_; }
  Rendezvous& rendezvous() { return rendezvous_; }
  Vault& vault() { return parts_.vault; }

 private:
  using Decide = absl::AnyInvocable<absl::StatusOr<LedgerEvents>(CoordinatorState&)>;

  Coordinator(const CoordinatorParts& parts, const RuntimeOptions& options);

  // The weights that `spec` names are in the vault.
  absl::Status CheckInitialWeights(const v1::ExperimentSpec& spec) const;
  // Runs a command and waits for its end.
  absl::Status RunAndWait(Decide decide);

  // On the ledger's thread.
  void OnCommitted(CoordinatorState& state, absl::Span<const v1::Event> events);
  void ReactTo(CoordinatorState& state, const v1::Event& event);
  void EndAttempt(CoordinatorState& state, const ExperimentMachine& machine,
                  const TrialStatus& trial);
  void ReactToCancellation(CoordinatorState& state, const ExperimentMachine& machine);
  void Recover(CoordinatorState& state);
  void Publish(CoordinatorState& state, absl::Span<const v1::Event> events);

  void Schedule();
  void EnqueueFor(const std::string& experiment_id, Command command);
  void SendStart(const std::string& worker_id, v1::ToWorker start);
  void CheckPeriodically();

  const CoordinatorParts parts_;
  const RuntimeOptions options_;
  StatusStore status_store_;
  WorkerLinks links_;
  Rendezvous rendezvous_;
  Planner planner_;
  ResultBuilder results_;
  absl::Notification stopping_;
  bool closing_ = false;  // Used on the ledger's thread: no new work is begun.
  // Each uses what stands above it.
  std::unique_ptr<ExperimentFiles> files_;
  std::unique_ptr<AttemptDispatcher> dispatcher_;
  std::unique_ptr<PlanRunner> plan_runner_;
  std::unique_ptr<Ledger<CoordinatorState>> ledger_;
  std::unique_ptr<WorkerSessions> sessions_;
  std::thread checker_;
};

}  // namespace gyrus
