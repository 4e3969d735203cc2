#include "coordinator/runtime/data_checker.h"

#include <algorithm>
#include <utility>

#include "common/log.h"
#include "common/reason/reason.h"
#include "common/retry.h"

namespace gyrus {
namespace {

const RetryPolicy kPauses = {.first_pause = absl::Seconds(1),
                             .longest_pause = absl::Minutes(1),
                             .give_up_after = absl::InfiniteDuration()};

bool IsPassing(const v1::Reason& reason) { return ClassOf(reason.code()) == ReasonClass::kPassing; }

}  // namespace

DataChecker::DataChecker(Planner& planner, const Clock& clock, Report report)
    : planner_(planner), clock_(clock), report_(std::move(report)) {}

DataChecker::~DataChecker() { closing_.Notify(); }

void DataChecker::Begin(std::shared_ptr<const ExperimentMachine> machine) {
  executor_.Run([this, machine = std::move(machine)] { Check(*machine); });
}

void DataChecker::Check(const ExperimentMachine& machine) {
  RetrySchedule schedule(kPauses, clock_);
  while (!closing_.HasBeenNotified()) {
    auto reasons = planner_.FindChanges(machine.spec(), *machine.plan());
    if (!reasons.ok()) return;
    const bool again =
        !reasons->empty() && std::all_of(reasons->begin(), reasons->end(), &IsPassing);
    for (const v1::Reason& reason : *reasons) LogWarning(reason.message());
    report_(machine.id(), *std::move(reasons));
    if (!again) return;
    const auto pause = schedule.NextPause();
    if (!pause.has_value() || clock_.WaitFor(*pause, closing_)) return;
  }
}

}  // namespace gyrus
