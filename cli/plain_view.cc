#include "cli/plain_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/view_facts.h"
#include "common/reason/reason.h"
#include "core/report/state_name.h"
#include "core/report/text_table.h"

namespace gyrus::cli {
namespace {

using Lines = std::vector<std::string>;

std::string StateLine(const v1::ExperimentView& view) {
  std::string line = absl::StrCat(view.name(), " (", view.id(), "): ", NameOf(view.state()));
  if (view.trials().empty()) return line;
  const TrialCounts counts = CountTrials(view);
  absl::StrAppend(&line, ", ", counts.done, " of ", counts.all(), " trials done");
  if (counts.failed > 0) absl::StrAppend(&line, ", ", counts.failed, " failed");
  return line;
}

// How many quarters of the images have been read, 0 to 4.
uint32_t QuartersRead(const v1::Admission& admission) {
  if (admission.images_total() == 0) return 0;
  return static_cast<uint32_t>(uint64_t{4} * admission.images_read() / admission.images_total());
}

// Workers that have begun a rest. The message is a whole sentence.
void AddRestLines(const v1::ExperimentView* before, const v1::ExperimentView& now, Lines& lines) {
  for (const v1::WorkerView& worker : now.resting()) {
    const bool known = before != nullptr &&
                       std::any_of(before->resting().begin(), before->resting().end(),
                                   [&worker](const v1::WorkerView& other) {
                                     return other.id() == worker.id() &&
                                            other.resting().message() == worker.resting().message();
                                   });
    if (!known) lines.push_back(worker.resting().message());
  }
}

// Adds a line for everything that changed between two views. `before` is null for the first
// view.
void AddExperimentLines(const v1::ExperimentView* before, const v1::ExperimentView& now,
                        Lines& lines) {
  // An experiment that is only planned, by `gyrus plan`, has no state.
  const bool known = now.state() != v1::EXPERIMENT_STATE_UNSPECIFIED;
  if (known && (before == nullptr || before->state() != now.state())) {
    lines.push_back(StateLine(now));
  }
  const uint32_t quarters = QuartersRead(now.admission());
  if (quarters > (before == nullptr ? 0 : QuartersRead(before->admission()))) {
    lines.push_back(absl::StrCat("images read: ", now.admission().images_read(), " of ",
                                 now.admission().images_total()));
  }
  for (int i = before == nullptr ? 0 : before->warnings_size(); i < now.warnings_size(); ++i) {
    lines.push_back(absl::StrCat("warning: ", now.warnings(i)));
  }
  AddRestLines(before, now, lines);
  const std::string why = WhyNothingRuns(now);
  if (!why.empty() && (before == nullptr || WhyNothingRuns(*before) != why)) {
    lines.push_back(absl::StrCat("waiting: ", why));
  }
}

std::string StartLine(const v1::TrialView& trial) {
  return absl::StrCat(trial.id(), ": ",
                      trial.attempt() > 1 ? absl::StrCat("attempt ", trial.attempt(), " ") : "",
                      "started on ", absl::StrJoin(trial.workers(), ", "));
}

// `progress` has the number of the epoch in progress, from 0; after the last epoch it
// still has the number of that one.
uint32_t EpochsDone(const v1::TrialView& trial) {
  const bool done = trial.state() == v1::TRIAL_STATE_DONE;
  if (done && !HasSteps(trial.progress())) return trial.epochs();
  return trial.progress().epoch() + (done ? 1 : 0);  // Early stopping leaves some out.
}

std::string EpochLine(const v1::TrialView& trial) {
  const v1::TrialProgress& progress = trial.progress();
  std::string line = absl::StrCat(trial.id(), ": epoch ", EpochsDone(trial), "/", trial.epochs(),
                                  ", loss ", ShortNumber(progress.train_loss()));
  if (progress.has_validation_loss()) {
    absl::StrAppend(&line, ", validation ", ShortNumber(progress.validation_loss()));
  }
  return absl::StrCat(line, ", ", ShortNumber(progress.items_per_second()), " items/s");
}

std::string EndLine(const v1::TrialView& trial) {
  std::string line = absl::StrCat(trial.id(), ": ", NameOf(trial.state()));
  if (trial.has_reason()) absl::StrAppend(&line, ": ", Describe(trial.reason()));
  return line;
}

bool IsTerminal(const v1::TrialView& trial) {
  return trial.state() == v1::TRIAL_STATE_DONE || trial.state() == v1::TRIAL_STATE_FAILED ||
         trial.state() == v1::TRIAL_STATE_CANCELLED;
}

// Whether the reason says why a trial waits, and no longer why its last attempt failed.
bool IsWaiting(const v1::Reason& reason) { return ClassOf(reason.code()) == ReasonClass::kWaiting; }

// Whether an attempt has ended and the trial waits for the next one.
bool IsTriedAgain(const v1::TrialView& before, const v1::TrialView& now) {
  return before.state() == v1::TRIAL_STATE_RUNNING && now.state() == v1::TRIAL_STATE_PENDING;
}

// An interruption is no failure: the trial goes on, most often where it was.
std::string InterruptionLine(const v1::TrialView& trial) {
  const std::string attempt = absl::StrCat(trial.id(), ": attempt ", trial.attempt(), " ");
  if (IsWaiting(trial.reason())) return absl::StrCat(attempt, "was interrupted; it goes on");
  return absl::StrCat(attempt, "was interrupted (", trial.reason().message(), "); it goes on");
}

// What a running trial waits for, such as a data loader that is away. Empty: nothing.
std::string WaitOf(const v1::TrialView& trial) {
  const bool waits = trial.state() == v1::TRIAL_STATE_RUNNING && trial.progress().has_waiting();
  return waits ? Describe(trial.progress().waiting()) : "";
}

void AddWaitLine(const v1::TrialView& before, const v1::TrialView& now, Lines& lines) {
  const std::string wait = WaitOf(now);
  if (wait == WaitOf(before)) return;
  if (!wait.empty()) {
    lines.push_back(absl::StrCat(now.id(), ": waiting: ", wait));
  } else if (now.state() == v1::TRIAL_STATE_RUNNING && now.attempt() == before.attempt()) {
    lines.push_back(absl::StrCat(now.id(), ": goes on"));
  }
}

// A line is written only when something is new, because a log file cannot be updated in
// place.
void AddTrialLines(const v1::TrialView& before, const v1::TrialView& now, Lines& lines) {
  const bool new_attempt = now.attempt() > before.attempt();
  if (IsTriedAgain(before, now)) lines.push_back(InterruptionLine(now));
  AddWaitLine(before, now, lines);
  if (new_attempt && now.state() == v1::TRIAL_STATE_RUNNING) lines.push_back(StartLine(now));
  const std::string began = WhereItBegan(now);
  if (!began.empty() && (new_attempt || WhereItBegan(before) != began)) {
    lines.push_back(absl::StrCat(now.id(), ": attempt ", now.attempt(), " ", began));
  }
  const uint32_t epochs_before = new_attempt ? 0 : EpochsDone(before);
  if (now.has_progress() && EpochsDone(now) > epochs_before) lines.push_back(EpochLine(now));
  if (IsTerminal(now) && !IsTerminal(before)) lines.push_back(EndLine(now));
}

// Trials stay in the order of the plan.
void AddAllTrialLines(const v1::ExperimentView& before, const v1::ExperimentView& now,
                      Lines& lines) {
  for (int i = 0; i < now.trials_size(); ++i) {
    const bool known = i < before.trials_size() && before.trials(i).id() == now.trials(i).id();
    AddTrialLines(known ? before.trials(i) : v1::TrialView::default_instance(), now.trials(i),
                  lines);
  }
}

}  // namespace

std::vector<std::string> ChangeLines(const v1::ExperimentView* before,
                                     const v1::ExperimentView& now) {
  Lines lines;
  if (before == nullptr) {
    AddExperimentLines(nullptr, now, lines);
    for (const v1::TrialView& trial : now.trials()) {
      if (trial.state() == v1::TRIAL_STATE_RUNNING) lines.push_back(StartLine(trial));
    }
  } else if (HasEnded(now)) {
    AddAllTrialLines(*before, now, lines);
    AddExperimentLines(before, now, lines);
  } else {
    AddExperimentLines(before, now, lines);
    AddAllTrialLines(*before, now, lines);
  }
  return lines;
}

}  // namespace gyrus::cli
