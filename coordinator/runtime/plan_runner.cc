#include "coordinator/runtime/plan_runner.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/log.h"
#include "common/reason/reason.h"

namespace gyrus {
namespace {

constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(1);

bool IsPassing(const v1::Reason& reason) { return ClassOf(reason.code()) == ReasonClass::kPassing; }

}  // namespace

PlanRunner::PlanRunner(Planner& planner, StatusStore& status_store, const Clock& clock,
                       Enqueue enqueue)
    : planner_(planner), status_store_(status_store), clock_(clock), enqueue_(std::move(enqueue)) {}

void PlanRunner::Begin(const std::string& experiment_id, const v1::ExperimentSpec& spec) {
  Enter({.experiment_id = experiment_id, .spec = spec});
}

void PlanRunner::Enter(Work work) {
  executor_.Run([this, work = std::move(work)]() mutable { MakePlan(std::move(work)); });
}

void PlanRunner::RetryDue(absl::Duration now) {
  std::vector<Work> due;
  {
    absl::MutexLock lock(&mu_);
    const auto first = std::partition(waiting_.begin(), waiting_.end(),
                                      [now](const Work& work) { return work.due > now; });
    due.assign(std::make_move_iterator(first), std::make_move_iterator(waiting_.end()));
    waiting_.erase(first, waiting_.end());
  }
  for (Work& work : due) {
    // It may have been cancelled meanwhile.
    const auto machine = status_store_.Machine(work.experiment_id);
    if (machine != nullptr && !machine->IsTerminal()) Enter(std::move(work));
  }
}

void PlanRunner::MakePlan(Work work) {
  absl::StatusOr<PlanOutcome> outcome =
      planner_.Make(work.spec, [&](const v1::Admission& admission) {
        status_store_.SetAdmission(work.experiment_id, admission);
      });
  if (!outcome.ok()) return;
  const std::vector<v1::Reason>& reasons = outcome->reasons;
  if (outcome->plan.has_value()) {
    enqueue_(work.experiment_id, AdoptPlan{*std::move(outcome->plan)});
  } else if (!std::all_of(reasons.begin(), reasons.end(), &IsPassing)) {
    enqueue_(work.experiment_id, Reject{std::move(outcome->reasons)});
  } else {
    v1::Admission admission;
    *admission.mutable_waiting() = reasons.front();
    LogWarning(reasons.front().message());
    absl::Duration pause = kFirstPause;
    for (uint32_t i = 0; i < work.faults; ++i) pause = std::min(pause * 2, kLongestPause);
    ++work.faults;
    work.due = clock_.Monotonic() + pause;
    const std::string id = work.experiment_id;
    {
      absl::MutexLock lock(&mu_);
      waiting_.push_back(std::move(work));
    }
    status_store_.SetAdmission(id, admission);
  }
}

}  // namespace gyrus
