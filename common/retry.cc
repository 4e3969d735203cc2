#include "common/retry.h"

#include <algorithm>

namespace gyrus {

RetrySchedule::RetrySchedule(const RetryPolicy& policy, const Clock& clock)
    : policy_(policy), clock_(clock) {
  Reset();
}

void RetrySchedule::Reset() {
  pause_ = policy_.first_pause;
  give_up_at_ = clock_.Monotonic() + policy_.give_up_after;
}

std::optional<absl::Duration> RetrySchedule::NextPause() {
  const absl::Duration left = give_up_at_ - clock_.Monotonic();
  if (left <= absl::ZeroDuration()) return std::nullopt;
  const absl::Duration pause = std::min(pause_, left);
  pause_ = std::min(pause_ * 2, policy_.longest_pause);
  return pause;
}

absl::Status Retry(const RetryPolicy& policy, const Clock& clock, const absl::Notification& stop,
                   absl::FunctionRef<absl::Status()> operation,
                   absl::FunctionRef<bool(const absl::Status&)> is_passing) {
  RetrySchedule schedule(policy, clock);
  while (true) {
    absl::Status status = operation();
    if (status.ok() || !is_passing(status)) return status;
    const auto pause = schedule.NextPause();
    if (!pause.has_value() || clock.WaitFor(*pause, stop)) return status;
  }
}

}  // namespace gyrus
