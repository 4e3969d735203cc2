#include "coordinator/runtime/plan_runner.h"

#include <utility>

namespace gyrus {

PlanRunner::PlanRunner(Planner& planner, StatusStore& status_store, Enqueue enqueue)
    : planner_(planner), status_store_(status_store), enqueue_(std::move(enqueue)) {}

void PlanRunner::Begin(const std::string& experiment_id, const v1::ExperimentSpec& spec) {
  executor_.Run([this, experiment_id, spec] { MakePlan(experiment_id, spec); });
}

void PlanRunner::MakePlan(const std::string& experiment_id, const v1::ExperimentSpec& spec) {
  absl::StatusOr<PlanOutcome> outcome = planner_.Make(spec, [&](const v1::Admission& admission) {
    status_store_.SetAdmission(experiment_id, admission);
  });
  if (!outcome.ok()) return;
  Command command = outcome->plan.has_value() ? Command(AdoptPlan{*std::move(outcome->plan)})
                                              : Command(Reject{std::move(outcome->reasons)});
  enqueue_(experiment_id, std::move(command));
}

}  // namespace gyrus
