// Checks, after a restart of the coordinator, that the data of its experiments are still
// those that they were planned with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/executor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/runtime/planner.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Asks the loaders for the tables of a planned experiment once more, on a thread of its
// own. That also makes a loader remember a cohort whose cache has been removed. A loader
// that cannot be reached is asked again after a pause that grows. The arguments of the
// constructor must outlive it. Thread-safe.
class DataChecker {
 public:
  // Gets the reasons why no trial of the experiment may start: the rows that have changed,
  // or the loader that is away, for which it is called again. None: all may start. It is
  // called from threads of this object and must not block.
  using Report =
      std::function<void(const std::string& experiment_id, std::vector<v1::Reason> reasons)>;

  DataChecker(Planner& planner, const Clock& clock, Report report);
  // Ends the pauses. The loaders must have been closed before.
  ~DataChecker();

  // The experiment is planned. Never blocks. Nothing is reported where the loaders are
  // closed meanwhile: the next coordinator checks it.
  void Begin(std::shared_ptr<const ExperimentMachine> machine);

 private:
  void Check(const ExperimentMachine& machine);

  Planner& planner_;
  const Clock& clock_;
  const Report report_;
  absl::Notification closing_;
  Executor executor_{4};  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus
