// Time, injected.
#pragma once

#include <memory>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace gyrus {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // For deadlines and durations: never jumps. Only differences mean something.
  virtual absl::Duration Monotonic() const = 0;
  // UTC, for display only.
  virtual absl::Time Utc() const = 0;
  // Waits until `pause` has passed or `stop` is notified; returns whether it is.
  // A test's clock passes the time without waiting.
  virtual bool WaitFor(absl::Duration pause, const absl::Notification& stop) const = 0;
};

// The machine's clock. Lives as long as the program.
const Clock& SystemClock();

}  // namespace gyrus
