// Plans experiments that were submitted, beside everything else.
#pragma once

#include <functional>
#include <string>

#include "common/executor.h"
#include "coordinator/lifecycle/commands.h"
#include "coordinator/runtime/planner.h"
#include "coordinator/runtime/status_store.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes the plan of an experiment on a thread of its own, shows the admission's
// progress meanwhile, and hands over the command that follows: the plan is
// adopted, or the experiment is rejected. Waiting for a loader keeps nothing else
// waiting. The arguments of the constructor must outlive it. Thread-safe.
class PlanRunner {
 public:
  // `enqueue` gets an experiment's id and a command for it. It is called from
  // threads of this object and must not block.
  using Enqueue = std::function<void(const std::string& experiment_id, Command command)>;

  PlanRunner(Planner& planner, StatusStore& status_store, Enqueue enqueue);

  // Never blocks. Nothing follows where the loaders are closed meanwhile: the next
  // coordinator plans it.
  void Begin(const std::string& experiment_id, const v1::ExperimentSpec& spec);

 private:
  void MakePlan(const std::string& experiment_id, const v1::ExperimentSpec& spec);

  Planner& planner_;
  StatusStore& status_store_;
  const Enqueue enqueue_;
  Executor executor_{4};  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus
