#include "coordinator/lifecycle/view.h"

#include <set>
#include <string>
#include <vector>

#include "coordinator/plan/trials.h"

namespace gyrus {
namespace {

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

v1::ExperimentView ToView(const ExperimentMachine& machine) {
  v1::ExperimentView view;
  view.set_id(machine.id());
  view.set_name(machine.spec().name());
  view.set_state(machine.state());
  view.set_cancelled(machine.cancelled());
  view.set_submitted_us(machine.submitted_us());
  view.set_ended_us(machine.ended_us());
  view.mutable_reasons()->Assign(machine.reasons().begin(), machine.reasons().end());
  if (machine.plan() == nullptr) return view;
  *view.mutable_warnings() = machine.plan()->warnings();
  const std::vector<PlannedTrial> planned = TrialsOf(*machine.plan());
  for (size_t i = 0; i < planned.size(); ++i) {
    const TrialStatus& trial = machine.trials()[i];
    *view.add_trials() = ToView(trial, *planned[i].arm);
    if (trial.state == v1::TRIAL_STATE_DONE) view.set_trials_done(view.trials_done() + 1);
  }
  view.set_trials_total(static_cast<uint32_t>(planned.size()));
  return view;
}

}  // namespace gyrus
