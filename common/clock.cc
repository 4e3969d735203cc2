#include "common/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace gyrus {
namespace {

class RealClock final : public Clock {
 public:
  absl::Duration Monotonic() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
  absl::Time Utc() const override { return absl::Now(); }
  bool WaitFor(absl::Duration pause, const absl::Notification& stop) const override {
    return stop.WaitForNotificationWithTimeout(pause);
  }
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock clock;
  return clock;
}

}  // namespace gyrus
