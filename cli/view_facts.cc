#include "cli/view_facts.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/reason/reason.h"
#include "core/report/state_name.h"

namespace gyrus::cli {
namespace {

constexpr size_t kMaxLines = 12;

// Whether something must pass before the trial is tried again. After a restart nothing
// must.
bool IsHold(const v1::Reason& reason) {
  return reason.code() != v1::REASON_CODE_WORKER_RESTARTED &&
         reason.code() != v1::REASON_CODE_COORDINATOR_RESTARTED &&
         ClassOf(reason.code()) == ReasonClass::kPassing;
}

}  // namespace

bool HasSteps(const v1::TrialProgress& progress) {
  return progress.items_per_second() > 0 || progress.train_loss() != 0;
}

std::string WhereItBegan(const v1::TrialView& trial) {
  const v1::TrialProgress& progress = trial.progress();
  if (progress.resumed_step() > 0) {
    return absl::StrCat("resumed at step ", progress.resumed_step());
  }
  if (progress.restart_reason().empty()) return "";
  return absl::StrCat("began at step 0: ", progress.restart_reason());
}

bool HasEnded(const v1::ExperimentView& view) {
  return view.state() == v1::EXPERIMENT_STATE_VALID ||
         view.state() == v1::EXPERIMENT_STATE_INCOMPLETE ||
         view.state() == v1::EXPERIMENT_STATE_INVALID;
}

TrialCounts CountTrials(const v1::ExperimentView& view) {
  TrialCounts counts;
  for (const v1::TrialView& trial : view.trials()) {
    switch (trial.state()) {
      case v1::TRIAL_STATE_RUNNING:
        ++counts.running;
        break;
      case v1::TRIAL_STATE_DONE:
        ++counts.done;
        break;
      case v1::TRIAL_STATE_FAILED:
      case v1::TRIAL_STATE_CANCELLED:
        ++counts.failed;
        break;
      default:
        ++counts.pending;
    }
  }
  return counts;
}

double DonePart(const v1::ExperimentView& view) {
  const TrialCounts counts = CountTrials(view);
  if (counts.all() == 0) return 0;
  double done = counts.done + counts.failed;
  for (const v1::TrialView& trial : view.trials()) {
    const v1::TrialProgress& progress = trial.progress();
    if (trial.state() != v1::TRIAL_STATE_RUNNING || progress.steps_total() == 0) continue;
    done += std::min(1.0, static_cast<double>(progress.step()) / progress.steps_total());
  }
  return done / counts.all();
}

std::optional<double> SecondsLeft(const v1::ExperimentView& view) {
  const TrialCounts counts = CountTrials(view);
  // Sums over the running trials that have reported how long they will take.
  double left = 0;   // Seconds left.
  double whole = 0;  // Seconds from the start to the end.
  double longest = 0;
  int reporting = 0;
  for (const v1::TrialView& trial : view.trials()) {
    const v1::TrialProgress& progress = trial.progress();
    const bool reports = trial.state() == v1::TRIAL_STATE_RUNNING && progress.seconds_left() > 0 &&
                         progress.step() < progress.steps_total();
    if (!reports) continue;
    ++reporting;
    left += progress.seconds_left();
    longest = std::max(longest, progress.seconds_left());
    whole += progress.seconds_left() * progress.steps_total() /
             (progress.steps_total() - progress.step());
  }
  if (reporting == 0) return std::nullopt;
  const double others = (counts.pending + counts.running - reporting) * whole / reporting;
  return std::max(longest, (left + others) / counts.running);
}

std::string WhyNothingRuns(const v1::ExperimentView& view) {
  if (view.state() == v1::EXPERIMENT_STATE_ADMITTING && view.admission().has_waiting()) {
    return Describe(view.admission().waiting());
  }
  if (view.state() != v1::EXPERIMENT_STATE_RUNNING || CountTrials(view).running > 0) return "";
  for (const v1::TrialView& trial : view.trials()) {
    if (trial.state() != v1::TRIAL_STATE_PENDING || !trial.has_reason()) continue;
    if (ClassOf(trial.reason().code()) == ReasonClass::kWaiting) return trial.reason().message();
    if (IsHold(trial.reason())) return Describe(trial.reason());
  }
  return "";
}

std::string WhatHoldsAll(const v1::ExperimentView& view) {
  if (view.state() == v1::EXPERIMENT_STATE_ADMITTING && view.admission().has_waiting()) {
    return Describe(view.admission().waiting());
  }
  if (view.state() != v1::EXPERIMENT_STATE_RUNNING) return "";
  std::string held;
  for (const v1::TrialView& trial : view.trials()) {
    const bool waits = trial.progress().has_waiting();
    if (trial.state() == v1::TRIAL_STATE_RUNNING && !waits) return "";
    if (trial.state() == v1::TRIAL_STATE_RUNNING) held = Describe(trial.progress().waiting());
    const bool pending = trial.state() == v1::TRIAL_STATE_PENDING;
    if (pending && held.empty() && IsHold(trial.reason())) held = Describe(trial.reason());
  }
  return held;
}

std::string Describe(const v1::Reason& reason) {
  return absl::StrCat(NameOf(reason.code()), ": ", reason.message());
}

std::string DescribeAll(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons) {
  std::string text;
  for (const v1::Reason& reason : reasons) absl::StrAppend(&text, Describe(reason), "\n");
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() > kMaxLines) {
    const size_t left_out = lines.size() - (kMaxLines - 1);
    lines.resize(kMaxLines - 1);
    lines.push_back(absl::StrCat("... and ", left_out, " more"));
  }
  return absl::StrJoin(lines, "\n");
}

std::string ShortDuration(double seconds) {
  const int64_t s = std::llround(std::max(0.0, seconds));
  if (s < 60) return absl::StrCat(s, "s");
  if (s < 3600) return absl::StrFormat("%dm%02ds", s / 60, s % 60);
  if (s < 86400) return absl::StrFormat("%dh%02dm", s / 3600, s / 60 % 60);
  return absl::StrFormat("%dd%02dh", s / 86400, s / 3600 % 24);
}

}  // namespace gyrus::cli
