// Calls code that may throw, and turns its exceptions into absl::Status. Gyrus itself
// reports errors as statuses; exceptions of libraries end here.
#pragma once

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status.h"

namespace gyrus {

// Turns the exception that is being handled into a status, by rethrowing and catching
// it. Must be called from within a catch block. Each folder that uses a library that
// throws has its own translator, in a file named `*_boundary.cc`.
using ExceptionTranslator = absl::Status (*)();

// The translator for std::exception and everything that no other translator knows:
// RESOURCE_EXHAUSTED for std::bad_alloc, otherwise INTERNAL with the text of what().
absl::Status TranslateStdException();

// The return type of AtBoundary() for a function that returns T: a StatusOr<T>, or a
// Status for void. A function that returns one of these already keeps its type.
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

// Calls `fn`, which may throw. Returns its value, or the translated exception with
// `doing` ("reading sub-01.nii.gz") before the message.
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
