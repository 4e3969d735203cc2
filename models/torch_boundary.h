// Turns the exceptions of torch into statuses. No other file knows their types.
#pragma once

#include <utility>

#include "common/boundary.h"

namespace gyrus {

// RESOURCE_EXHAUSTED, with the reason TRAINER_FAILED: out of memory. INVALID_ARGUMENT: a wrong
// index, value or type. INTERNAL: the rest. Messages come without torch's stack trace.
absl::Status TranslateTorch();

// Calls `fn`, which uses torch, and turns what it throws into a status.
template <typename Fn>
auto CallTorch(absl::string_view doing, Fn&& fn) {
  return AtBoundary(doing, &TranslateTorch, std::forward<Fn>(fn));
}

}  // namespace gyrus
