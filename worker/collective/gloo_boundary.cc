#include "worker/collective/gloo_boundary.h"

#include <gloo/common/error.h>

#include "absl/strings/match.h"

namespace gyrus {

absl::Status TranslateGloo() {
  try {
    throw;
  } catch (const gloo::IoException& e) {
    // Gloo has one type for both; its text tells them apart.
    if (absl::StrContains(e.what(), "imed out")) return absl::DeadlineExceededError(e.what());
    return absl::UnavailableError(e.what());
  } catch (...) {
    return TranslateStdException();
  }
}

}  // namespace gyrus
