// The time, as an object that is passed to whoever needs it, so that a test can use a
// clock of its own (common/testing/fake_clock.h) and need not wait.
#pragma once

#include <memory>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace gyrus {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // For deadlines and durations. It never jumps, and only differences between two of
  // its values mean anything.
  virtual absl::Duration Monotonic() const = 0;
  // The time of day. For display only, because it can be set.
  virtual absl::Time Utc() const = 0;
  // Waits until `pause` has passed or `stop` has been notified. Returns true in the
  // second case. A test's clock lets the time pass without waiting.
  virtual bool WaitFor(absl::Duration pause, const absl::Notification& stop) const = 0;
};

// The clock of this machine. It lives as long as the program.
const Clock& SystemClock();

}  // namespace gyrus
