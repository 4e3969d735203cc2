// What operators see: the newest committed state, and soft facts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Written by the ledger's thread after each commit and by whoever hears of
// progress; read by everybody. Thread-safe.
class StatusStore {
 public:
  // An experiment as committed, and why its trials wait.
  struct Entry {
    std::shared_ptr<const ExperimentMachine> machine;
    std::map<std::string, v1::Reason> waiting;  // By trial.
  };

  void Publish(const std::string& experiment_id, Entry entry) ABSL_LOCKS_EXCLUDED(mu_);
  void PublishWorkers(std::vector<v1::WorkerView> workers) ABSL_LOCKS_EXCLUDED(mu_);
  void SetAdmission(const std::string& experiment_id, const v1::Admission& admission)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Of a committed record of rank 0.
  void SetProgress(const v1::SpooledRecord& record) ABSL_LOCKS_EXCLUDED(mu_);

  // NOT_FOUND: there is no such experiment.
  absl::StatusOr<v1::ExperimentView> View(const std::string& experiment_id, bool with_plan) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Null: there is none.
  std::shared_ptr<const ExperimentMachine> Machine(const std::string& experiment_id) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Without trials; newest first.
  std::vector<v1::ExperimentView> List() const ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<v1::WorkerView> Workers() const ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `changed` after each change of the experiment, until Unsubscribe. It
  // must not block, nor call this status_store.
  int64_t Subscribe(const std::string& experiment_id, std::function<void()> changed)
      ABSL_LOCKS_EXCLUDED(mu_);
  // After this `changed` is not called any more.
  void Unsubscribe(int64_t subscription) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Facts {
    Entry entry;
    v1::Admission admission;
    // Of the newest attempt, by trial.
    std::map<std::string, std::pair<uint32_t, v1::TrialProgress>> progress;
  };
  void Tell(const std::string& experiment_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  std::map<std::string, Facts> experiments_ ABSL_GUARDED_BY(mu_);
  std::vector<v1::WorkerView> workers_ ABSL_GUARDED_BY(mu_);
  std::map<int64_t, std::pair<std::string, std::function<void()>>> subscribers_
      ABSL_GUARDED_BY(mu_);
  int64_t last_subscription_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace gyrus
