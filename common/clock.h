// Time, injected.
#pragma once

#include <memory>

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
};

// The machine's clock. Lives as long as the program.
const Clock& SystemClock();

}  // namespace gyrus
