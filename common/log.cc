#include "common/log.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace gyrus {
namespace {

std::string& Name() {
  static auto* name = new std::string("gyrus");
  return *name;
}

// A failed write is ignored: there is nowhere left to report it.
void Write(char severity, absl::string_view message) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  // One write for the whole line, so that lines of several threads do not mix.
  const std::string line =
      absl::StrCat(absl::string_view(&severity, 1), " ", time, " ", Name(), ": ", message, "\n");
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void LogInfo(absl::string_view message) { Write('I', message); }
void LogWarning(absl::string_view message) { Write('W', message); }
void LogError(absl::string_view message) { Write('E', message); }
void SetLogName(absl::string_view name) { Name() = std::string(name); }

}  // namespace gyrus
