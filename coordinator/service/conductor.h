// What happens around the ledger: wishes in, committed events out.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/executor.h"
#include "common/run_folder.h"
#include "common/signing.h"
#include "coordinator/ledger/ledger.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/service/coordinator_state.h"
#include "coordinator/service/links.h"
#include "coordinator/service/loaders.h"
#include "coordinator/service/planner.h"
#include "coordinator/service/rendezvous.h"
#include "coordinator/service/status_store.h"
#include "coordinator/vault/vault.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// What the conductor works with; all outlives it.
struct ConductorParts {
  const RunFolder& folder;
  const SigningKey& key;
  Vault& vault;
  LedgerReader& reader;
  Loaders& loaders;
  const Clock& clock;
};

// Owns the ledger's thread and everything that reacts to what it commits: plans
// what was submitted, starts ranks on workers, stops them, keeps the status_store.
// Decides nothing: CoordinatorState does. Thread-safe.
class Conductor {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  static absl::StatusOr<std::unique_ptr<Conductor>> Start(std::unique_ptr<LedgerStore> store,
                                                          ConductorParts parts);
  ~Conductor();

  // For operators. Blocks until durable.
  absl::StatusOr<std::string> Submit(v1::SubmitRequest request);
  absl::Status Cancel(const std::string& experiment_id);
  // Blocks while predictions are read.
  absl::StatusOr<v1::Result> MakeResult(const std::string& experiment_id);

  // For workers. None blocks.
  void OnHello(std::shared_ptr<WorkerLink> link, v1::Hello hello);
  void OnRecord(std::shared_ptr<WorkerLink> link, v1::SpooledRecord record);
  void OnExited(const v1::RankExited& exited);
  void OnDisconnected(const WorkerLink* link, const std::string& worker_id);

  StatusStore& status_store() { return status_store_; }
  Links& links() { return links_; }
  Planner& planner() { return planner_; }
  Rendezvous& rendezvous() { return rendezvous_; }
  Vault& vault() { return parts_.vault; }

 private:
  // Files of weights that `spec` names are in the vault.
  absl::Status CheckInitialWeights(const v1::ExperimentSpec& spec) const;
  explicit Conductor(ConductorParts parts);

  // On the ledger's thread.
  void OnCommitted(CoordinatorState& state, absl::Span<const v1::Event> events);
  void React(CoordinatorState& state, const v1::Event& event);
  void PublishTo(StatusStore& status_store, const CoordinatorState& state,
                 const std::string& experiment_id);
  void PublishWorkers(const CoordinatorState& state);
  // These, and all that run: why their trials wait may have changed.
  void PublishExperiments(CoordinatorState& state, std::set<std::string> ids);
  void Resume(CoordinatorState& state);
  void StartRanks(const ExperimentMachine& machine, const TrialStatus& trial,
                  const std::function<bool(const v1::Placement&)>& which);
  void StopRanks(const ExperimentMachine& machine, const TrialStatus& trial,
                 const v1::Reason& reason);
  void Schedule();
  // Runs it on io_, unless this is being destroyed.
  void Begin(absl::AnyInvocable<void()> work);
  // The same on planning_, where waiting for a loader keeps nothing else waiting.
  void BeginPlan(const ExperimentMachine& machine);

  // On planning_.
  void MakePlanFor(const std::string& experiment_id, const v1::ExperimentSpec& spec);
  // What the coordinator itself wants of an experiment.
  void Wish(const std::string& experiment_id, Command command);
  // On io_.
  absl::StatusOr<v1::ToWorker> StartMessage(const ExperimentMachine& machine,
                                            const std::string& trial_id, uint32_t attempt,
                                            uint32_t rank, const v1::Placement& placement);
  void BeginLink(const ExperimentMachine& machine);
  absl::Status LinkFiles(const ExperimentMachine& machine);
  void WatchForLost();

  const ConductorParts parts_;
  StatusStore status_store_;
  Links links_;
  Rendezvous rendezvous_;
  Planner planner_;
  absl::Notification stopping_;
  bool closing_ = false;  // Of the ledger's thread: it begins nothing any more.
  // Each uses what stands above it.
  std::unique_ptr<Executor> io_;
  std::unique_ptr<Executor> planning_;
  std::unique_ptr<Ledger<CoordinatorState>> ledger_;
  std::thread watcher_;
};

}  // namespace gyrus
