// Tries an operation again after a passing fault, with pauses that grow. All retries
// of Gyrus are built from these two: Retry() for a single operation, RetrySchedule
// where a loop must do more between two attempts.
#pragma once

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock.h"

namespace gyrus {

struct RetryPolicy {
  absl::Duration first_pause = absl::Milliseconds(50);
  // Each pause is twice the one before it, but no longer than this.
  absl::Duration longest_pause = absl::Seconds(5);
  // How long to go on without success. Infinite: until stopped. Zero: only one attempt
  // is made.
  absl::Duration give_up_after = absl::InfiniteDuration();
};

// Computes the pauses of one operation that is tried again and again.
//
//   RetrySchedule schedule(policy, clock);
//   while (!Try()) {
//     const auto pause = schedule.NextPause();
//     if (!pause.has_value() || clock.WaitFor(*pause, stop)) break;
//   }
//
// Thread-compatible. `clock` must outlive it.
class RetrySchedule {
 public:
  RetrySchedule(const RetryPolicy& policy, const Clock& clock);

  // How long to wait before the next attempt. Absent: `give_up_after` has passed since
  // this was constructed or Reset() was called. The last pause is cut short, so that
  // one more attempt is made at the very end.
  std::optional<absl::Duration> NextPause();

  // To be called when something has succeeded: the pauses are short again, and the time
  // until giving up begins anew.
  void Reset();

 private:
  const RetryPolicy policy_;
  const Clock& clock_;
  absl::Duration pause_;
  absl::Duration give_up_at_;  // Clock::Monotonic.
};

// Calls `operation` until it returns something other than a status for which
// `is_passing` is true, or until the policy gives up, or until `stop` is
// notified. Returns the last status of `operation`. Blocks.
absl::Status Retry(
    const RetryPolicy& policy, const Clock& clock, const absl::Notification& stop,
    absl::FunctionRef<absl::Status()> operation,
    absl::FunctionRef<bool(const absl::Status&)> is_passing = [](const absl::Status& status) {
      return absl::IsUnavailable(status);
    });

}  // namespace gyrus
