// Shows the progress of an experiment while a command follows it.
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

// The stream that progress is printed to. With --json, standard output must hold nothing
// but one object.
inline std::FILE* ProgressStream(bool json) { return json ? stderr : stdout; }

// True if progress shall be drawn over itself: standard output is a terminal that can do
// that, and --json was not given.
bool ShowsLive(bool json, const Environment& environment);

// Prints each view: either as a block that is drawn over itself (live_view.h), or as
// lines that are appended (plain_view.h). Thread-safe.
class ViewPrinter {
 public:
  // `out` and `clock` must outlive this.
  ViewPrinter(std::FILE* out, bool redraw, const Clock& clock = SystemClock());
  // Draws the last view once more, and leaves it on the screen.
  ~ViewPrinter();

  void Show(const v1::ExperimentView& view) ABSL_LOCKS_EXCLUDED(mu_);
  // Prints a line that stays, above the block.
  void Note(absl::string_view line) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void DrawBlock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Draws once a second, so that the time on the screen moves when no view arrives.
  void KeepDrawing() ABSL_LOCKS_EXCLUDED(mu_);
  ScreenSize Screen() const;

  std::FILE* const out_;
  const bool redraw_;
  const Clock& clock_;

  absl::Mutex mu_;
  std::optional<v1::ExperimentView> shown_ ABSL_GUARDED_BY(mu_);
  int block_lines_ ABSL_GUARDED_BY(mu_) = 0;  // Those above the cursor.
  absl::Duration drawn_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  std::thread drawer_;
};

}  // namespace gyrus::cli
