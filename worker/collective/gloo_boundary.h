// Turns the exceptions of the Gloo library into statuses. No other file knows
// their types.
#pragma once

#include <utility>

#include "common/boundary.h"

namespace gyrus {

// Called in a catch block; translates the current exception.
// DEADLINE_EXCEEDED: a peer did not answer in time. UNAVAILABLE: a peer left, or
// the transport failed. INTERNAL: every other exception.
absl::Status TranslateGloo();

template <typename Fn>
auto CallGloo(absl::string_view doing, Fn&& fn) {
  return AtBoundary(doing, &TranslateGloo, std::forward<Fn>(fn));
}

}  // namespace gyrus
