#include "cli/view_printer.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "cli/plain_view.h"

namespace gyrus::cli {
namespace {

// Nobody sees more frequent changes, and drawing takes time from the training.
constexpr absl::Duration kShortestPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

void Write(std::FILE* out, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

// Control sequences of ECMA-48: cursor up, erase to the end of the line, erase
// to the end of the screen.
std::string CursorUp(int lines) { return lines == 0 ? "" : absl::StrCat("\x1b[", lines, "A\r"); }
constexpr char kEraseLine[] = "\x1b[K";
constexpr char kEraseBelow[] = "\x1b[J";

}  // namespace

bool ShowsLive(bool json, const Environment& environment) {
  return !json && !environment.dumb_terminal && isatty(STDOUT_FILENO) == 1;
}

ViewPrinter::ViewPrinter(std::FILE* out, bool redraw, const Clock& clock)
    : out_(out), redraw_(redraw), clock_(clock) {
  if (redraw_) drawer_ = std::thread([this] { KeepDrawing(); });
}

ViewPrinter::~ViewPrinter() {
  {
    absl::MutexLock lock(&mu_);
    closing_ = true;
    if (redraw_) DrawBlock();
  }
  if (drawer_.joinable()) drawer_.join();
}

void ViewPrinter::Show(const v1::ExperimentView& view) {
  absl::MutexLock lock(&mu_);
  if (!redraw_) {
    std::string text;
    const auto lines = ChangeLines(shown_.has_value() ? &*shown_ : nullptr, view);
    for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
    if (!text.empty()) Write(out_, text);
  }
  shown_ = view;
  if (redraw_ && clock_.Monotonic() - drawn_at_ >= kShortestPause) DrawBlock();
}

void ViewPrinter::Note(absl::string_view line) {
  absl::MutexLock lock(&mu_);
  Write(out_, absl::StrCat(CursorUp(block_lines_), redraw_ ? kEraseBelow : "", line, "\n"));
  block_lines_ = 0;
  if (redraw_) DrawBlock();
}

void ViewPrinter::DrawBlock() {
  drawn_at_ = clock_.Monotonic();
  if (!shown_.has_value()) return;
  std::string text = CursorUp(block_lines_);
  const auto lines = LiveLines(*shown_, clock_.Utc(), Screen());
  for (const std::string& line : lines) absl::StrAppend(&text, line, kEraseLine, "\n");
  absl::StrAppend(&text, kEraseBelow);
  block_lines_ = static_cast<int>(lines.size());
  Write(out_, text);
}

void ViewPrinter::KeepDrawing() {
  absl::MutexLock lock(&mu_);
  while (!mu_.AwaitWithTimeout(absl::Condition(&closing_), kLongestPause)) DrawBlock();
}

ScreenSize ViewPrinter::Screen() const {
  winsize size = {};
  if (ioctl(fileno(out_), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace gyrus::cli
