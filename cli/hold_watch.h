// Decides when `gyrus run` stops because the environment holds everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// The coordinator tries a trial again and again after a passing fault, such as a full
// disk. A user who sits in front of a run of one machine wants to be told after a while
// instead: the same command goes on later. Each attempt that is made meanwhile looks
// like progress for a moment, so only steps, images and trials that are done count.
// Thread-safe.
class HoldWatch {
 public:
  // `clock` must outlive it.
  explicit HoldWatch(absl::Duration limit, const Clock& clock = SystemClock())
      : limit_(limit), clock_(clock) {}

  void Show(const v1::ExperimentView& view) ABSL_LOCKS_EXCLUDED(mu_);
  // UNAVAILABLE: for `limit` nothing has gone on, and a passing fault was the reason.
  // The message names it.
  absl::Status Check() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Trials done, steps done in all trials, images read.
  using Progress = std::tuple<uint32_t, uint64_t, uint32_t>;

  const absl::Duration limit_;
  const Clock& clock_;
  absl::Mutex mu_;
  Progress best_ ABSL_GUARDED_BY(mu_);
  std::string reason_ ABSL_GUARDED_BY(mu_);  // The last passing fault; empty: none.
  std::optional<absl::Duration> held_since_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus::cli
