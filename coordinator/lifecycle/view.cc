#include "coordinator/lifecycle/view.h"

#include <set>
#include <string>

#include "coordinator/plan/planned_trials.h"

namespace gyrus {
namespace {

// Several ranks may run on one worker, which is listed once.
v1::TrialView ToView(const TrialStatus& trial, const v1::ArmPlan& arm) {
  v1::TrialView view;
  view.set_id(trial.id);
  view.set_state(trial.state);
  view.set_attempt(trial.attempt);
  if (trial.reason.code() != v1::REASON_CODE_UNSPECIFIED) *view.mutable_reason() = trial.reason;
  view.set_epochs(arm.train().epochs());
  if (trial.state != v1::TRIAL_STATE_RUNNING) return view;
  std::set<std::string> workers;
  for (const v1::Placement& placement : trial.gang) workers.insert(placement.worker_id());
  view.mutable_workers()->Assign(workers.begin(), workers.end());
  return view;
}

}  // namespace

v1::ExperimentView ToSummary(const ExperimentMachine& machine) {
  v1::ExperimentView view;
  view.set_id(machine.id());
  view.set_name(machine.spec().name());
  view.set_state(machine.state());
  view.set_cancelled(machine.cancelled());
  view.set_submitted_us(machine.submitted_us());
  view.set_ended_us(machine.ended_us());
  view.mutable_reasons()->Assign(machine.reasons().begin(), machine.reasons().end());
  view.set_trials_done(static_cast<uint32_t>(machine.CountOf(v1::TRIAL_STATE_DONE)));
  view.set_trials_total(static_cast<uint32_t>(machine.trials().size()));
  return view;
}

v1::ExperimentView ToView(const ExperimentMachine& machine) {
  v1::ExperimentView view = ToSummary(machine);
  if (machine.plan() == nullptr) return view;
  *view.mutable_warnings() = machine.plan()->warnings();
  view.mutable_trials()->Reserve(static_cast<int>(machine.trials().size()));
  for (const TrialStatus& trial : machine.trials()) {
    *view.add_trials() = ToView(trial, *(*machine.planned())[trial.number].arm);
  }
  return view;
}

}  // namespace gyrus
