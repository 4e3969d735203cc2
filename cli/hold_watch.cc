#include "cli/hold_watch.h"

#include "absl/strings/str_cat.h"
#include "cli/view_facts.h"

namespace gyrus::cli {

void HoldWatch::Show(const v1::ExperimentView& view) {
  Progress progress = {view.trials_done(), 0, view.admission().images_read()};
  for (const v1::TrialView& trial : view.trials()) std::get<1>(progress) += trial.progress().step();
  const std::string reason = WhatHoldsAll(view);
  absl::MutexLock lock(&mu_);
  if (progress > best_) {
    best_ = progress;
    held_since_.reset();
  }
  if (reason.empty()) return;
  reason_ = reason;
  if (!held_since_.has_value()) held_since_ = clock_.Monotonic();
}

absl::Status HoldWatch::Check() {
  absl::MutexLock lock(&mu_);
  if (!held_since_.has_value() || clock_.Monotonic() - *held_since_ < limit_) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("nothing could go on for ",
                                             absl::FormatDuration(limit_),
                                             " (--hold-timeout), because of ", reason_));
}

}  // namespace gyrus::cli
