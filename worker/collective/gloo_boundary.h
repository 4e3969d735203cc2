// The only place that knows Gloo's exception types.
#pragma once

#include <utility>

#include "common/boundary.h"

namespace gyrus {

// DEADLINE_EXCEEDED: a peer did not come in time. UNAVAILABLE: a peer left, or
// the transport failed. INTERNAL: the rest.
absl::Status TranslateGloo();

template <typename Fn>
auto CallGloo(absl::string_view doing, Fn&& fn) {
  return AtBoundary(doing, &TranslateGloo, std::forward<Fn>(fn));
}

}  // namespace gyrus
