// Shows an experiment's progress while it happens.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cli/command.h"
#include "cli/live_view.h"
#include "common/clock.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus::cli {

// Where progress goes: beside the one object of --json, not before it.
inline std::FILE* ProgressStream(bool json) { return json ? stderr : stdout; }

// True if progress is to be drawn over itself: standard output is a terminal
// that can, and no program reads it.
bool ShowsLive(bool json, const Environment& environment);

// Draws a block over itself (live_view.h), or appends lines (plain_view.h).
// Thread-safe.
class ViewPrinter {
 public:
  // `out` must outlive this.
  ViewPrinter(std::FILE* out, bool redraw, const Clock& clock = SystemClock());
  // Leaves the block as the last view was.
  ~ViewPrinter();

  void Show(const v1::ExperimentView& view) ABSL_LOCKS_EXCLUDED(mu_);
  // A line that stays.
  void Note(absl::string_view line) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void DrawBlock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // So that the time moves on when nothing else does.
  void KeepDrawing() ABSL_LOCKS_EXCLUDED(mu_);
  ScreenSize Screen() const;

  std::FILE* const out_;
  const bool redraw_;
  const Clock& clock_;

  absl::Mutex mu_;
  std::optional<v1::ExperimentView> shown_ ABSL_GUARDED_BY(mu_);
  int block_lines_ ABSL_GUARDED_BY(mu_) = 0;  // Above the cursor.
  absl::Duration drawn_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  std::thread drawer_;
};

}  // namespace gyrus::cli
