// The status that operators see: the newest committed state of each experiment, with
// facts that are not durable, such as progress within an epoch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/lifecycle/persistent_vector.h"
#include "coordinator/state/coordinator_state.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Written by the ledger's thread after each commit, and by whoever receives
// progress. Readers take snapshots and build their views outside of the lock, so
// that a large view keeps nobody waiting. Thread-safe.
class StatusStore {
 public:
  // Replaces the snapshot of the experiment that it is of.
  void Publish(std::shared_ptr<const ExperimentMachine> machine) ABSL_LOCKS_EXCLUDED(mu_);
  // Why trials of all experiments wait.
  void PublishWaiting(const WaitingReasons& waiting) ABSL_LOCKS_EXCLUDED(mu_);
  void PublishWorkers(std::vector<v1::WorkerView> workers) ABSL_LOCKS_EXCLUDED(mu_);
  void SetAdmission(const std::string& experiment_id, const v1::Admission& admission)
      ABSL_LOCKS_EXCLUDED(mu_);
  // From a committed record of rank 0.
  void SetProgress(const v1::SpooledRecord& record) ABSL_LOCKS_EXCLUDED(mu_);

  // What a rank of a running attempt waits for; a reason without a code: nothing.
  void SetWaiting(const v1::RankId& rank, const v1::Reason& reason) ABSL_LOCKS_EXCLUDED(mu_);

  // NOT_FOUND: there is no such experiment.
  absl::StatusOr<v1::ExperimentView> View(const std::string& experiment_id, bool with_plan) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Returns null where there is no such experiment.
  std::shared_ptr<const ExperimentMachine> Machine(const std::string& experiment_id) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Without trials; newest first.
  std::vector<v1::ExperimentView> List() const ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<v1::WorkerView> Workers() const ABSL_LOCKS_EXCLUDED(mu_);
  // The workers that get no trial for a while.
  std::vector<v1::WorkerView> Resting() const ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `changed` after each change of the experiment, until Unsubscribe. It
  // must not block, nor call this object.
  int64_t Subscribe(const std::string& experiment_id, std::function<void()> changed)
      ABSL_LOCKS_EXCLUDED(mu_);
  // After this `changed` is not called any more.
  void Unsubscribe(int64_t subscription) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The progress that the attempt with this number reported last.
  struct AttemptProgress {
    uint32_t attempt = 0;
    v1::TrialProgress progress;
    std::map<uint32_t, v1::Reason> waiting;  // By rank.
  };
  // Copying it is cheap, whatever the number of trials.
  struct Snapshot {
    std::shared_ptr<const ExperimentMachine> machine;  // Null before it is published.
    v1::Admission admission;
    PersistentVector<AttemptProgress> progress;  // By trial, once it is planned.
  };
  using Subscribers = std::map<int64_t, std::function<void()>>;

  void Notify(const std::string& experiment_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Calls `change` with the progress of the rank's attempt, where its trial is known.
  void ChangeProgress(const v1::RankId& rank, absl::FunctionRef<void(AttemptProgress&)> change)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  std::map<std::string, Snapshot> experiments_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const WaitingReasons> waiting_ ABSL_GUARDED_BY(mu_) =
      std::make_shared<const WaitingReasons>();
  std::vector<v1::WorkerView> workers_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, Subscribers> subscribers_ ABSL_GUARDED_BY(mu_);  // By experiment.
  std::map<int64_t, std::string> subscriptions_ ABSL_GUARDED_BY(mu_);
  int64_t last_subscription_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace gyrus
