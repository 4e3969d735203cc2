// Plans experiments that were submitted, beside everything else.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/executor.h"
#include "coordinator/lifecycle/commands.h"
#include "coordinator/runtime/planner.h"
#include "coordinator/runtime/status_store.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes the plan of an experiment on a thread of its own, shows the admission's
// progress meanwhile, and hands over the command that follows: the plan is
// adopted, or the experiment is rejected. Where only passing faults are in the way, such
// as a loader that is away, the experiment stays as it is, shows them, and is planned
// again after a pause that grows. Waiting for a loader keeps nothing else waiting. The
// arguments of the constructor must outlive it. Thread-safe.
class PlanRunner {
 public:
  // `enqueue` gets an experiment's id and a command for it. It is called from
  // threads of this object and must not block.
  using Enqueue = std::function<void(const std::string& experiment_id, Command command)>;

  PlanRunner(Planner& planner, StatusStore& status_store, const Clock& clock, Enqueue enqueue);

  // Never blocks. Nothing follows where the loaders are closed meanwhile: the next
  // coordinator plans it.
  void Begin(const std::string& experiment_id, const v1::ExperimentSpec& spec)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Plans those again whose pause is over at `now` (Clock::Monotonic). Never blocks.
  void RetryDue(absl::Duration now) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Work {
    std::string experiment_id;
    v1::ExperimentSpec spec;
    uint32_t faults = 0;  // In a row.
    absl::Duration due;
  };

  void Enter(Work work);
  void MakePlan(Work work) ABSL_LOCKS_EXCLUDED(mu_);

  Planner& planner_;
  StatusStore& status_store_;
  const Clock& clock_;
  const Enqueue enqueue_;
  absl::Mutex mu_;
  std::vector<Work> waiting_ ABSL_GUARDED_BY(mu_);
  Executor executor_{4};  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus
