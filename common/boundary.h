// The one place where exceptions of other libraries become statuses.
#pragma once

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status.h"

namespace gyrus {

// Turns the exception in flight into a status. Called only from a handler. Each
// folder that uses a throwing library has its own, in its `*_boundary.cc`.
using ExceptionTranslator = absl::Status (*)();

// For std::exception and the rest: RESOURCE_EXHAUSTED for bad_alloc, otherwise
// INTERNAL with what().
absl::Status TranslateStdException();

template <typename T>
struct StatusFor {
  using type = absl::StatusOr<T>;
};
template <>
struct StatusFor<void> {
  using type = absl::Status;
};
template <>
struct StatusFor<absl::Status> {
  using type = absl::Status;
};
template <typename T>
struct StatusFor<absl::StatusOr<T>> {
  using type = absl::StatusOr<T>;
};

// Calls `fn`, which may throw, and returns its value or the translated error
// with `doing` before the message.
template <typename Fn, typename R = std::invoke_result_t<Fn>>
typename StatusFor<R>::type AtBoundary(absl::string_view doing, ExceptionTranslator translate,
                                       Fn&& fn) {
  try {
    if constexpr (std::is_void_v<R>) {
      std::forward<Fn>(fn)();
      return absl::OkStatus();
    } else {
      return std::forward<Fn>(fn)();
    }
  } catch (...) {
    return Annotate(translate(), doing);
  }
}

}  // namespace gyrus
