// A clock whose time a test moves.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock.h"

namespace gyrus {

// Stands still until Advance() is called. WaitFor() does not wait: it advances the time
// by the pause and returns. Thread-safe.
class FakeClock final : public Clock {
 public:
  absl::Duration Monotonic() const override {
    absl::MutexLock lock(&mu_);
    return now_;
  }
  absl::Time Utc() const override { return absl::UnixEpoch() + absl::Microseconds(42); }
  bool WaitFor(absl::Duration pause, const absl::Notification& stop) const override {
    if (stop.HasBeenNotified()) return true;
    absl::MutexLock lock(&mu_);
    now_ += pause;
    return false;
  }

  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mu_);
    now_ += by;
  }

 private:
  mutable absl::Mutex mu_;
  mutable absl::Duration now_ ABSL_GUARDED_BY(mu_) = absl::Hours(1);
};

}  // namespace gyrus
